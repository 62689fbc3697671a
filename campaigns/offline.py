"""What is off though nobody of the house paused it, and why: for colleagues, never for phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Halt
from compliance.endings import StandsUntil, ending_of
from ledger.queries import history_of

EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Offline:
    """Why a campaign is off phones: a code, the same in words, the 审核编号 it had, since when if known."""

    code: str
    words: str
    certificate: str = ""
    since: datetime | None = None


def unapproved_campaigns(now: datetime) -> list[UUID]:
    """Published campaigns of the open institution whose approval stands no longer."""
    off = _with_approval().filter(
        Q(approved_until__isnull=True) | Q(approved_until__lte=now), status=Campaign.Status.PUBLISHED
    )
    return list(off.order_by("id").values_list("id", flat=True))


def is_approved(campaign: Campaign, now: datetime) -> bool:
    """Whether the approval of what this campaign shows stands at this moment."""
    return bool(_with_approval().filter(id=campaign.id, approved_until__gt=now).exists())


def offline_of(campaign: Campaign, now: datetime) -> Offline | None:
    """Why it is off phones; None when it is on, was never on, or its own people rested it."""
    shown = campaign.live_version
    if shown is None or campaign.status not in ("published", "paused", "stopped"):
        return None
    if campaign.status == Campaign.Status.STOPPED:
        return Offline(EMERGENCY, _("紧急停止"), since=_last(campaign, "campaigns.stopped"))
    if is_approved(campaign, now):
        return None
    ending = ending_of(subject=campaign.ref, fingerprint=shown.fingerprint, now=now)
    rested = _last(campaign, "campaigns.paused") if campaign.status == Campaign.Status.PAUSED else None
    certificate = (ending.review.certificate or "") if ending.review else ""
    return Offline(ending.code, ending.words, certificate, rested)


def halt_of(campaign: Campaign) -> Halt | None:
    """Who has paused or stopped it, and why; None while it is out, or when the machine rested it.

    Of the colleague only the name is read: a certificate asks for it in a process that may read no more.
    """
    if campaign.status not in (Campaign.Status.PAUSED, Campaign.Status.STOPPED):
        return None
    taken_off = history_of("campaign", campaign.id).filter(verb__in=["campaigns.paused", "campaigns.stopped"])
    last = taken_off.order_by("-at", "-id").values_list("data", flat=True).first() or {}
    named = Halt.objects.select_related("by").only("deed", "at", "reason", "by__display_name")
    halt: Halt | None = named.filter(id=last.get("halt")).first()
    return halt


def halts_of(campaign_id: UUID) -> list[Halt]:
    """The times somebody paused or stopped it, newest first."""
    found = Halt.objects.filter(campaign_id=campaign_id).select_related("by")
    return list(found.order_by("-at", "-id"))


def _with_approval() -> QuerySet[Any]:  # Any: rows with a column more than the model has
    found: QuerySet[Any] = Campaign.objects.filter(live_version__isnull=False).annotate(
        approved_until=StandsUntil("campaign", F("id"), F("live_version__fingerprint"))
    )
    return found


def _last(campaign: Campaign, verb: str) -> datetime | None:
    moments = history_of("campaign", campaign.id).filter(verb=verb)
    at: datetime | None = moments.order_by("-at", "-id").values_list("at", flat=True).first()
    return at
