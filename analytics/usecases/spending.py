"""Entering what a campaign cost, and taking an entry back by its counter-entry (F5)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from analytics.models import Spend
from campaigns.models import Campaign
from kernel.actor import Actor
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase

MOST_FEN = 10_000_000_000_00  # ten thousand million yuan


class WrongSpend(BadRequest):
    """The amount, the kind or the day is not one that can be entered."""

    code = "wrong_spend"
    zh = "请填写大于零的金额、类别，以及活动创建之后、不晚于今天的日期。"
    en = "Enter an amount above nought, its kind, and a day from the campaign's first to today."


class AlreadyRecorded(DomainError):
    """The same form was sent twice; one entry is there."""

    code = "already_recorded"
    zh = "这一笔已经登记，没有重复记账。"
    en = "This was recorded already; nothing was booked twice."


class AlreadyCorrected(DomainError):
    code = "already_corrected"
    zh = "这一笔已经冲正，或本身就是冲正记录。"
    en = "This entry has been corrected already, or is a correction itself."


@usecase(Permission.RECORD_SPEND)
def record_spend(
    *,
    actor: Actor,
    campaign_id: UUID,
    kind: str,
    fen: int,
    spent_on: date,
    form_key: UUID | None = None,
    now: datetime,
) -> Spend:
    """Enter what was spent on a campaign, in fen; once for every ``form_key``.

    Raises NotFound, WrongSpend, AlreadyRecorded.
    """
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound
    fits = local_day(campaign.created_at) <= spent_on <= local_day(now)
    if kind not in Spend.Kind.values or not 0 < fen <= MOST_FEN or not fits:
        raise WrongSpend
    spend = Spend(
        campaign_id=campaign.id, kind=kind, fen=fen, spent_on=spent_on, form_key=form_key,
        recorded_by=actor.id, recorded_at=now,
    )  # fmt: skip
    Spend.objects.bulk_create([spend], ignore_conflicts=True)
    if not Spend.objects.filter(pk=spend.pk).exists():  # the same form, sent twice
        raise AlreadyRecorded
    record(
        "analytics.spend_recorded", actor=actor, subject=campaign.ref, at=now, campaign_id=campaign.id,
        spend=str(spend.id), kind=kind, fen=fen,
    )  # fmt: skip
    return spend


@usecase(Permission.RECORD_SPEND)
def correct_spend(*, actor: Actor, campaign_id: UUID, spend_id: UUID, now: datetime) -> Spend:
    """Take an entry back by the same amount below nought; the right one is entered anew.

    Raises NotFound, AlreadyCorrected.
    """
    wrong = Spend.objects.filter(pk=spend_id, campaign_id=campaign_id).first()
    if wrong is None:
        raise NotFound
    if wrong.corrects_id is not None:
        raise AlreadyCorrected
    counter = Spend(
        campaign_id=wrong.campaign_id, kind=wrong.kind, fen=-wrong.fen, spent_on=wrong.spent_on,
        corrects=wrong, recorded_by=actor.id, recorded_at=now,
    )  # fmt: skip
    Spend.objects.bulk_create([counter], ignore_conflicts=True)
    if not Spend.objects.filter(pk=counter.pk).exists():  # a colleague was quicker
        raise AlreadyCorrected
    campaign = Campaign.objects.get(pk=campaign_id)
    record(
        "analytics.spend_corrected", actor=actor, subject=campaign.ref, at=now, campaign_id=campaign_id,
        spend=str(counter.id), corrects=str(wrong.id), fen=counter.fen,
    )  # fmt: skip
    return counter
