from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        autodiscover_modules("desk")  # each app's entries of the sidebar and cards of the home page
