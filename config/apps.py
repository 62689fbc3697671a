"""The house's front: registers the start-up checks."""

from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "config"
    label = "front"
    verbose_name = "合趣"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - checks register themselves, after settings are known
