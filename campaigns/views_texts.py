"""Text messages: how many, what they cost, what was refused, and the ceilings that an administrator sets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign
from kernel.errors import DomainError
from kernel.typed import typed_id
from privacy.models import TextScope
from privacy.text_usage import price_of_a_text, refusals_today, usage_by_campaign
from privacy.usecases import set_text_ceiling, set_text_price
from privacy.usecases.text_settings import BOUNDS, RaiseReason
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

PER_PAGE = 20


class CeilingForm(forms.Form):
    """Which ceiling, how high, and why if it rises."""

    scope = forms.ChoiceField(
        label=gettext_lazy("上限"), choices=[(each.value, each.label) for each in TextScope if each in BOUNDS]
    )
    campaign = forms.ChoiceField(
        label=gettext_lazy("活动"), required=False, help_text=gettext_lazy("只用于“单个活动”。")
    )
    most = forms.IntegerField(label=gettext_lazy("每天最多（条）"), min_value=1, max_value=200_000)
    reason = forms.ChoiceField(
        label=gettext_lazy("调高的原因"),
        required=False,
        choices=[("", "—"), *RaiseReason.choices],
        help_text=gettext_lazy("调低不用选。"),
    )

    def __init__(self, *typed: Any) -> None:
        super().__init__(*typed)
        unfinished = Campaign.objects.exclude(status=Campaign.Status.CLOSED)
        titles = unfinished.order_by("-created_at", "-id").values_list("id", "title")
        every = [("", _("所有活动")), *((str(pk), title) for pk, title in titles)]
        field = self.fields["campaign"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = every


class PriceForm(forms.Form):
    yuan = forms.DecimalField(
        label=gettext_lazy("每条单价（元）"), min_value=0, max_value=10, max_digits=6, decimal_places=4
    )


@staff_door(Permission.MANAGE_INSTITUTION)
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    return _page(request, CeilingForm(), PriceForm(initial={"yuan": price_of_a_text()}))


@staff_door(Permission.MANAGE_INSTITUTION)
@require_POST
def set_ceiling(request: StaffRequest) -> HttpResponse:
    form = CeilingForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        of_campaign = typed["scope"] == TextScope.CAMPAIGN
        try:
            set_text_ceiling(
                actor=request.actor,
                scope=typed["scope"],
                campaign_id=typed_id(typed["campaign"]) if of_campaign else None,
                most=typed["most"],
                reason=typed["reason"],
                now=request.now,
            )
            messages.success(request, _("上限已更新，从下一条短信起生效。"))
            return redirect("campaigns:texts")
        except DomainError as refusal:
            form.add_error("reason" if refusal.code == "reason_missing" else "most", refusal.message())
    return _page(request, form, PriceForm(initial={"yuan": price_of_a_text()}), status=422)


@staff_door(Permission.MANAGE_INSTITUTION)
@require_POST
def set_price(request: StaffRequest) -> HttpResponse:
    form = PriceForm(request.POST)
    if form.is_valid():
        try:
            set_text_price(actor=request.actor, yuan=form.cleaned_data["yuan"], now=request.now)
            messages.success(request, _("单价已更新。"))
            return redirect("campaigns:texts")
        except DomainError as refusal:
            form.add_error("yuan", refusal.message())
    return _page(request, CeilingForm(), form, status=422)


def _page(
    request: StaffRequest, ceiling: CeilingForm, price: PriceForm, *, status: int = 200
) -> HttpResponse:
    whole, *campaigns = usage_by_campaign(now=request.now)
    page = Paginator(campaigns, PER_PAGE).get_page(request.GET.get("page"))
    ids = [row.campaign_id for row in page.object_list]
    titles = dict(Campaign.objects.filter(id__in=ids).values_list("id", "title"))
    context = {
        "whole": whole,
        "page": page,
        "rows": [(row, titles.get(row.campaign_id, "—")) for row in page.object_list],
        "refusals": refusals_today(now=request.now),
        "price": price_of_a_text(),
        "ceiling_form": ceiling,
        "price_form": price,
    }
    return render(request, "campaigns/texts.html", context, status=status)
