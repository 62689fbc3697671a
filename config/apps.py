"""The house's front: registers the start-up checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from config import checks


class FrontConfig(AppConfig):
    name = "config"
    label = "front"
    verbose_name = "合趣"

    def ready(self) -> None:
        register(checks.demo_doors_stay_in_the_demo, Tags.security)
        register(checks.production_keeps_no_harmless_secret, Tags.security)
        register(checks.production_keeps_no_sample_password, Tags.security)
        register(checks.redis_knows_its_users, Tags.security)
        register(checks.the_runtime_role_cannot_migrate, Tags.security)
        register(checks.links_lead_to_us, Tags.security)
