from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = _("合规审核")

    def ready(self) -> None:
        autodiscover_modules("review_face")  # how each room's subjects show themselves to reviewers
        autodiscover_modules("review_screens")  # and, screen by screen, to customers
