"""Texts that went out today and this month, what they cost and what was refused. Sums, never a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, Sum

from kernel.timekeeping import local_day, start_of_day
from privacy.models import OutboundText, TextCeiling, TextPrice, TextScope, TextTally
from privacy.usecases.text_ceilings import default_ceiling


@dataclass(frozen=True, slots=True)
class Usage:
    """The billed texts of one campaign, or of all (`campaign_id` None); costs are None without a price."""

    campaign_id: UUID | None
    today: int
    month: int
    ceiling: int
    counted: int
    refused: int
    cost_today: Decimal | None
    cost_month: Decimal | None


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many texts one kind of ceiling kept from going out today."""

    scope: str
    label: str
    most: int
    refused: int


def price_of_a_text() -> Decimal | None:
    price: Decimal | None = TextPrice.objects.values_list("yuan", flat=True).first()
    return price


def usage_by_campaign(*, now: datetime) -> list[Usage]:
    """The institution's sum first, then each campaign that sent or refused something this month."""
    day = local_day(now)
    today, month = start_of_day(day), start_of_day(day.replace(day=1))
    sums = OutboundText.objects.filter(state=OutboundText.State.SENT, settled_at__gte=month).values(
        "campaign_id"
    )
    sent = {
        row["campaign_id"]: (row["today"] or 0, row["month"] or 0)
        for row in sums.annotate(today=Sum("parts", filter=Q(settled_at__gte=today)), month=Sum("parts"))
    }
    counted = {
        UUID(tally.subject): tally
        for tally in TextTally.objects.filter(day=day, scope=TextScope.CAMPAIGN).order_by("id")
    }
    whole = TextTally.objects.filter(day=day, scope=TextScope.INSTITUTION).first()
    price, own = price_of_a_text(), _ceilings()
    everything = tuple(sum(numbers) for numbers in zip(*sent.values(), strict=True)) or (0, 0)
    every = own.get((TextScope.INSTITUTION, None), default_ceiling(TextScope.INSTITUTION))
    usual = own.get((TextScope.CAMPAIGN, None), default_ceiling(TextScope.CAMPAIGN))
    campaigns = sorted({*sent, *counted} - {None}, key=lambda each: (-sent.get(each, (0, 0))[1], each))
    return [
        _usage(None, everything, every, whole, price),
        *(
            _usage(
                each, sent.get(each, (0, 0)), own.get((TextScope.CAMPAIGN, each), usual),
                counted.get(each), price,
            )
            for each in campaigns
        ),
    ]  # fmt: skip


def refusals_today(*, now: datetime) -> list[Refusals]:
    """By kind of ceiling, with what is in force where nothing else was set."""
    day, own = local_day(now), _ceilings()
    sums = TextTally.objects.filter(day=day).values_list("scope").annotate(Sum("refused"))
    refused = dict(sums.exclude(scope=TextScope.SURGE))
    scopes = [scope for scope in TextScope if scope != TextScope.SURGE]
    return [
        Refusals(
            scope, str(scope.label), own.get((scope, None), default_ceiling(scope)), refused.get(scope, 0)
        )
        for scope in scopes
    ]


def _ceilings() -> dict[tuple[str, UUID | None], int]:
    rows = TextCeiling.objects.order_by(F("campaign_id").asc(nulls_first=True))
    return {(row.scope, row.campaign_id): row.most for row in rows}


def _usage(
    campaign_id: UUID | None,
    sent: tuple[int, ...],
    ceiling: int,
    tally: TextTally | None,
    price: Decimal | None,
) -> Usage:
    today, month = sent
    return Usage(
        campaign_id=campaign_id,
        today=today,
        month=month,
        ceiling=ceiling,
        counted=tally.used if tally else 0,
        refused=tally.refused if tally else 0,
        cost_today=None if price is None else (price * today).quantize(Decimal("0.01")),
        cost_month=None if price is None else (price * month).quantize(Decimal("0.01")),
    )
