"""The house's front: registers the start-up checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from config import checks


class FrontConfig(AppConfig):
    name = "config"
    label = "front"
    verbose_name = "合趣"

    def ready(self) -> None:
        for check in checks.OF_SETTINGS:
            register(check, Tags.security)
