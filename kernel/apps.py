"""Application set-up: the institution scope rides on every statement of every connection."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "基础"

    def ready(self) -> None:
        from kernel.scope import ride_along

        connection_created.connect(ride_along, dispatch_uid="kernel.scope")
