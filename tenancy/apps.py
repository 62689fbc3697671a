from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("机构与人员")

    def ready(self) -> None:
        autodiscover_modules("desk", "record_lists")  # each app's sidebar entries, home cards, record lists
