"""Application set-up: the institution scope rides on every statement of every connection."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from kernel.desk_keys import have_database_trust


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "基础"

    def ready(self) -> None:
        from kernel.scope import ride_along

        post_migrate.connect(have_database_trust, sender=self, dispatch_uid="kernel.desk_keys")
        connection_created.connect(ride_along, dispatch_uid="kernel.scope")
