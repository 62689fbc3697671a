"""A password must not be the name of the house."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.errors import NotFound
from tenancy.models import Staff
from tenancy.scope import institution_of

_BANKS = (
    "工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "邮储银行", "招商银行",
    "浦发银行", "中信银行", "光大银行", "民生银行", "兴业银行", "平安银行", "华夏银行",
    "广发银行", "中国人寿", "中国人保", "太平洋保险", "中信证券", "国泰君安", "华泰证券",
    "icbc", "abchina", "bankofchina", "ccb", "bankcomm", "psbc", "cmbchina", "spdb", "cmbc", "pingan",
)  # fmt: skip
_HOUSE = ("hequ", "合趣")
_ENOUGH_ELSE = 8


class NotOurNames:
    """Refuses a password that is the institution's or a well-known bank's name with a little around it."""

    def validate(self, password: str, user: Staff | None = None) -> None:
        folded = "".join(password.casefold().split())
        for name in (*_BANKS, *_HOUSE, *self._names(user)):
            plain = "".join(name.casefold().split())
            if plain in folded and len(folded.replace(plain, "")) < _ENOUGH_ELSE:
                raise ValidationError(self.get_help_text(), code="our_name")

    def get_help_text(self) -> str:
        return _("密码不能由机构名称或常见金融机构名称加少量字符组成。")

    def _names(self, user: Any) -> list[str]:
        if user is None:
            return []
        try:
            institution = institution_of(user.institution_id)
        except NotFound:
            return []
        return [institution.name, institution.name_en, institution.slug]
