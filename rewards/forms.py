"""What staff fill in about services and times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.timekeeping import SHANGHAI
from rewards.models import Deliverer, Service
from tenancy.models import Branch

WEEKDAYS = [
    (0, _("周一")),
    (1, _("周二")),
    (2, _("周三")),
    (3, _("周四")),
    (4, _("周五")),
    (5, _("周六")),
    (6, _("周日")),
]
MOST_SLOTS = 400


class RedeemForm(forms.Form):
    code = forms.CharField(
        label=_("核销码"),
        max_length=64,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "input--code",
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "____-____-____",
            }
        ),
    )
    phone = forms.CharField(
        label=_("手机号后四位"),
        help_text=_("核对本人时填写。"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def stay_put(self) -> None:
        """There is an answer to read: on a phone the field must not pull the page and the keyboard up."""
        self.fields["code"].widget.attrs.pop("autofocus", None)


class BenefitForm(forms.Form):
    service = forms.ChoiceField(label=_("服务类型"), choices=Service.choices)
    title = forms.CharField(
        label=_("名称"), max_length=40, help_text=_("客户看到的名字，例如 银行理财经理1对1咨询。")
    )
    summary = forms.CharField(
        label=_("说明"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": ""}),
        help_text=_("讲清客户得到什么、要多久；不出现金额和收益。"),
    )
    delivered_by = forms.ChoiceField(label=_("由谁提供"), choices=Deliverer.choices)
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=5, max_value=480, initial=30)
    book_within_days = forms.IntegerField(label=_("获得后几天内预约"), min_value=1, max_value=366, initial=30)
    valid_days = forms.IntegerField(label=_("预约后几天内有效"), min_value=1, max_value=366, initial=60)
    branches = forms.MultipleChoiceField(
        label=_("可用网点"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选表示全部网点。"),
    )

    def __init__(self, *args: Any, branches: Iterable[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["branches"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(branch.id), branch.name) for branch in branches]


class SlotsForm(forms.Form):
    branch = forms.ChoiceField(label=_("网点"))
    first_day = forms.DateField(
        label=_("从"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("到"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("星期"),
        choices=WEEKDAYS,
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(
        label=_("每天从"), initial=time(9, 30), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.TimeField(
        label=_("每天到"),
        initial=time(16, 30),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(label=_("每段分钟数"), min_value=10, max_value=240, initial=30)
    capacity = forms.IntegerField(label=_("每段人数"), min_value=1, max_value=50, initial=2)

    def __init__(self, *args: Any, branches: Iterable[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["branch"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(branch.id), branch.name) for branch in branches]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        if typed["last_day"] < typed["first_day"] or typed["closes"] <= typed["opens"]:
            raise forms.ValidationError(_("结束须晚于开始。"))
        if (typed["last_day"] - typed["first_day"]).days > 92:
            raise forms.ValidationError(_("一次最多开放三个月。"))
        if not 0 < len(self.starts()) <= MOST_SLOTS:
            raise forms.ValidationError(_("这样会开放 0 个或超过 400 个时段，请缩短日期或加长每段时间。"))
        return typed

    def starts(self) -> list[datetime]:
        """Every start the form asks for, in Shanghai time."""
        typed = self.cleaned_data
        length = timedelta(minutes=typed["minutes"])
        found = []
        for number in range((typed["last_day"] - typed["first_day"]).days + 1):
            day = typed["first_day"] + timedelta(days=number)
            if day.weekday() not in typed["weekdays"]:
                continue
            start = datetime.combine(day, typed["opens"], SHANGHAI)
            end = datetime.combine(day, typed["closes"], SHANGHAI)
            while start + length <= end:
                found.append(start)
                start += length
        return found
