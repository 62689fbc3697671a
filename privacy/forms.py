"""What the privacy desk fills in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.crypto import Algorithm
from kernel.key_models import InstitutionKey
from privacy.models import Field


class SearchForm(forms.Form):
    phone = forms.CharField(
        label=_("客户手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "tel", "autocomplete": "off"}),
    )


class NoticeForm(forms.Form):
    key = forms.SlugField(
        label=_("告知编号"), max_length=40, help_text=_("同一编号再次发布就是新版本，例如 booking。")
    )
    title = forms.CharField(label=_("标题"), max_length=80, help_text=_("客户看到的标题。"))
    body = forms.CharField(
        label=_("正文"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("收集信息的告知，正文里必须有下面这一句原话："),
    )
    purpose = forms.CharField(
        label=_("用途说明"),
        max_length=200,
        help_text=_("客户勾选同意的那一句，例如 用于预约并提供您选择的服务。"),
    )
    fields_asked = forms.MultipleChoiceField(
        label=_("收集的信息"),
        choices=Field.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=Field.values,
        help_text=_("只能是这几项，须与活动收集的信息一致；其他信息须先做影响评估。"),
    )
    keep_days = forms.IntegerField(label=_("保存天数"), min_value=1, max_value=1095, initial=90)


class HoldForm(forms.Form):
    reason = forms.CharField(label=_("暂缓删除的原因"), max_length=80)


class RotationForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("哪一类密钥"),
        choices=[(InstitutionKey.Purpose.SEAL, _("加密密钥")), (InstitutionKey.Purpose.INDEX, _("查找密钥"))],
    )
    algorithm = forms.ChoiceField(
        label=_("新密钥的算法"),
        choices=[(each.name, each.label) for each in Algorithm],
        help_text=_("查找密钥固定用 HMAC-SHA256，不受此项影响。"),
    )
