"""Making a trial that was asked for: read outside any transaction, then written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from compliance.models import RulePack, Trial
from compliance.trials import try_out
from compliance.usecases import record_trial
from kernel.actor import SYSTEM

UNHEARD_FOR = timedelta(minutes=15)
HOPE = timedelta(hours=1)
EACH_MINUTE = timedelta(minutes=1)  # how often the sweep looks


def try_draft(*, pack_id: UUID, now: datetime) -> Trial | None:
    """Try the draft and write the outcome down; nothing when nobody waits for it any longer."""
    draft: RulePack | None = RulePack.objects.filter(
        id=pack_id, status="draft", trial_asked_at__isnull=False
    ).first()
    if draft is None:
        return None
    return record_trial(actor=SYSTEM, read=draft, outcome=try_out(draft), now=now)


def left_waiting(*, now: datetime) -> list[UUID]:
    """Drafts to ring for again: nobody made their trial in a quarter of an hour, or in the next one."""
    waiting = RulePack.objects.filter(
        status="draft", trial_asked_at__range=(now - HOPE, now - UNHEARD_FOR)
    ).values_list("id", "trial_asked_at")
    return [pack_id for pack_id, asked_at in waiting if (now - asked_at) % UNHEARD_FOR < EACH_MINUTE]


def past_hope(*, now: datetime) -> list[UUID]:
    """Drafts whose trial no worker could make in all that time."""
    waiting = RulePack.objects.filter(status="draft", trial_asked_at__lt=now - HOPE)
    return list(waiting.order_by("trial_asked_at", "id").values_list("id", flat=True))
