from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("个人信息保护")

    def ready(self) -> None:
        from kernel.keyring import ask_first  # models are loaded only now
        from privacy.list_check import refuse_restored_backup

        ask_first(refuse_restored_backup)
