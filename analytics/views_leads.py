"""Leads and what they cost: the list, the sums, and the entries behind the sums (F5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from analytics.costs import fen_of, yuan
from analytics.models import Lead, LeadSign, Spend
from analytics.queries import leads as reading
from analytics.usecases.spending import (
    AlreadyCorrected,
    AlreadyRecorded,
    WrongSpend,
    correct_spend,
    record_spend,
)
from campaigns.models import Campaign
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.timekeeping import local_day
from kernel.typed import typed_day, typed_id
from rewards.models import Need
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

PAGE = 20


@require_GET
@staff_door(Permission.VIEW_LEADS)
def leads(request: StaffRequest) -> HttpResponse:
    """Who said what they need, masked, with the entries behind each tag."""
    campaign_id = typed_id(request.GET.get("campaign", ""))
    need = _one_of(request.GET.get("need", ""), Need.values)
    source = _one_of(request.GET.get("source", ""), LeadSign.Source.values)
    found = reading.leads(campaign_id=campaign_id, need=need, source=source)
    page = reading.page_of_leads(found, after=place_of(request.GET.get("after", "")), size=PAGE)
    asked = {name: value for name, value in request.GET.items() if name != "after" and value}
    context = {
        "rows": reading.rows_of(page.leads),
        "older": urlencode({**asked, "after": written_place(page.last)}) if page.last else "",
        "newest": urlencode(asked) if "after" in request.GET else None,
        "campaigns": list(_published()),
        "needs": Need.choices,
        "sources": LeadSign.Source.choices,
        "chosen": {"campaign": campaign_id, "need": need, "source": source},
        "filtered": bool(campaign_id or need or source),
        "may_read_ledger": request.user.may(Permission.VIEW_LEDGER),
    }
    return render(request, "analytics/leads.html", context)


@require_GET
@staff_door(Permission.VIEW_LEADS)
def costs(request: StaffRequest) -> HttpResponse:
    """Every campaign that went out: entered spend, leads, and what one cost."""
    page = Paginator(_published(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_told(one) for one in reading.costs(list(page))]}
    return render(request, "analytics/costs.html", context)


@require_GET
@staff_door(Permission.VIEW_LEADS)
def cost(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign: its entries, and the whole shared out over the needs. Raises NotFound."""
    campaign = _campaign(campaign_id)
    told = reading.costs([campaign])[0]
    page = Paginator(reading.spends_of(campaign.id), PAGE).get_page(request.GET.get("page"))
    context = {
        "cost": _told(told),
        "page": page,
        "entries": [(one, yuan(one.fen), hasattr(one, "correction")) for one in page],
        "kinds": Spend.Kind.choices,
        "today": local_day(request.now),
        "first_day": local_day(campaign.created_at),
        "form_key": new_id(),
        "may_record": request.user.may(Permission.RECORD_SPEND),
    }
    return render(request, "analytics/cost.html", context)


@require_POST
@staff_door(Permission.RECORD_SPEND)
def spend(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """Enter an amount; a page that is sent twice enters it once."""
    form_key = typed_id(request.POST.get("form_key", ""))
    fen, day = fen_of(request.POST.get("yuan", "")[:20]), typed_day(request.POST.get("spent_on", ""))
    try:
        if fen is None or day is None or form_key is None:
            raise WrongSpend
        record_spend(
            actor=request.actor,
            campaign_id=campaign_id,
            kind=request.POST.get("kind", ""),
            fen=fen,
            spent_on=day,
            form_key=form_key,
            now=request.now,
        )
    except (WrongSpend, AlreadyRecorded) as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已登记。"))
    return redirect("analytics:cost", campaign_id=campaign_id)


@require_POST
@staff_door(Permission.RECORD_SPEND)
def correct(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """Take an entry back by its counter-entry. Raises NotFound."""
    spend_id = typed_id(request.POST.get("spend", ""))
    if spend_id is None:
        raise NotFound
    try:
        correct_spend(actor=request.actor, campaign_id=campaign_id, spend_id=spend_id, now=request.now)
    except AlreadyCorrected as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已冲正，原记录保留。请按正确金额重新登记。"))
    return redirect("analytics:cost", campaign_id=campaign_id)


def written_place(lead: Lead) -> str:
    """Where a page ended, for the address of the next."""
    return f"{lead.declared_at.timestamp():.6f}_{lead.id}"


def place_of(text: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; None for what nobody of ours wrote."""
    seconds, _between, key = text.partition("_")
    lead_id = typed_id(key)
    if lead_id is None or not re.fullmatch(r"\d{1,10}\.\d{6}", seconds, re.ASCII):
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(seconds.replace(".", ""))), lead_id


def _told(one: reading.Cost) -> dict[str, Any]:
    each = one.fen_per_lead
    return {
        "campaign_id": one.campaign_id,
        "title": one.title,
        "spent": _("未录入") if one.fen is None else yuan(one.fen),
        "is_entered": one.fen is not None,
        "people": one.people,
        "leads": one.leads,
        "each": yuan(each) if each is not None else "",
        "needs": [
            (line.label, line.leads, _("未录入") if one.fen is None else yuan(line.fen))
            for line in one.by_need
        ],
    }


def _published() -> QuerySet[Campaign]:
    """Without what they contain: a list needs their names."""
    found: QuerySet[Campaign] = Campaign.objects.filter(published_at__isnull=False)
    return found.only("id", "title").order_by("-published_at", "id")


def _campaign(campaign_id: UUID) -> Campaign:
    found: Campaign | None = Campaign.objects.filter(pk=campaign_id, published_at__isnull=False).first()
    if found is None:
        raise NotFound
    return found


def _one_of(value: str, known: list[str]) -> str:
    return value if value in known else ""
