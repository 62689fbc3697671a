"""What people type at the doors of this room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tenancy.models import Branch
from tenancy.roles import ROLE_LABELS, Role

_LONGEST_PASSWORD = 256
LONGEST_CODE = 64  # as it may be pasted, with blanks and dashes; six digits or twelve signs are what counts
_NEW_HELP = _("至少 12 位，建议用一句容易记的话；不用常见密码，也不用机构名称。")


class _Password(forms.CharField):
    """Taken exactly as typed: not stripped, not shortened."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=_LONGEST_PASSWORD, widget=widget, **options)


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("账号"),
        max_length=100,
        help_text=_("工号或用户名@机构简称，例如 lin.yue@bank"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    password = _Password(label=_("密码"), autocomplete="current-password")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"),
        max_length=LONGEST_CODE,
        help_text=_("打开手机上的验证器，输入 6 位数字；手机不在身边可输入一个恢复码。"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "class": "input--code",
                "autofocus": True,
            }
        ),
    )


class EnrolForm(forms.Form):
    code = forms.CharField(
        label=_("验证器显示的 6 位数字"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input--code"}
        ),
    )


class _NewPassword(forms.Form):
    new = _Password(label=_("新密码"), autocomplete="new-password", help_text=_NEW_HELP)
    again = _Password(label=_("再输一次新密码"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") != cleaned.get("again") and "new" in cleaned and "again" in cleaned:
            self.add_error("again", _("两次输入的新密码不一样。"))
        return cleaned


class ChangePasswordForm(_NewPassword):
    current = _Password(label=_("当前密码"), autocomplete="current-password")
    field_order = ["current", "new", "again"]


class InvitationForm(_NewPassword):
    token = forms.CharField(
        label=_("邀请码"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "data-from-fragment": True}
        ),
    )
    field_order = ["token", "new", "again"]


class ConfirmPasswordForm(forms.Form):
    current = _Password(label=_("当前密码"), autocomplete="current-password")


class RolesForm(forms.Form):
    """Posts to choose from. An auditor is no post but a seat with a last day."""

    roles = forms.MultipleChoiceField(
        label=_("岗位"),
        choices=[(role.value, label) for role, label in ROLE_LABELS.items() if role != Role.AUDITOR],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一个岗位。")},
    )


def _username() -> forms.CharField:
    return forms.CharField(
        label=_("用户名"),
        max_length=40,
        help_text=_("小写字母、数字、点或短横，例如 lin.yue"),
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9.\-]*$", _("只能用小写字母、数字、点或短横。"))],
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class ColleagueForm(RolesForm):
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    username = _username()
    branch = forms.ChoiceField(label=_("所属网点"), required=False)
    field_order = ["display_name", "username", "branch", "roles"]

    def __init__(self, *args: Any, branches: Iterable[Branch], **options: Any) -> None:
        super().__init__(*args, **options)
        branch: Any = self.fields["branch"]
        branch.choices = [("", _("不限网点")), *((str(each.id), each.name) for each in branches)]


class LastDayForm(forms.Form):
    last_day = forms.DateField(
        label=_("最后一天"),
        help_text=_("当天结束后立即不能登录，打开着的页面也会退出。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last_day"].widget.attrs["min"] = today.isoformat()


class SeatForm(LastDayForm):
    display_name = forms.CharField(
        label=_("姓名"), max_length=40, help_text=_("例如 某某会计师事务所 王审计")
    )
    username = _username()
    field_order = ["display_name", "username", "last_day"]


class BranchForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("客户看到的网点名，例如 静安支行"))
    city = forms.CharField(label=_("城市"), max_length=40)
    address = forms.CharField(label=_("地址"), max_length=160)

    def __init__(self, *args: Any, taken: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.taken = set(taken)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name in self.taken:
            raise forms.ValidationError(_("已有同名网点，请换一个名称。"))
        return name
