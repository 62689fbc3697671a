"""The house's front: registers the start-up checks, and what the database is held to after migrating."""

from django.apps import AppConfig, apps
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from config import checks
from config.database_roles import hold_phones_to_their_rights


class FrontConfig(AppConfig):
    name = "config"
    label = "front"
    verbose_name = "合趣"

    def ready(self) -> None:
        for check in checks.OF_SETTINGS:
            register(check, Tags.security)
        # said once, after every app has migrated
        post_migrate.connect(
            hold_phones_to_their_rights,
            sender=apps.get_app_config("kernel"),
            dispatch_uid="config.database_roles",
        )
