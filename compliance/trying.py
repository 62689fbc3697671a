"""Making a trial that was asked for: read outside any transaction, then written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from compliance.models import RulePack, Trial
from compliance.trials import try_out
from compliance.usecases import record_trial
from kernel.actor import SYSTEM

UNHEARD_FOR = timedelta(minutes=15)


def try_draft(*, pack_id: UUID, now: datetime) -> Trial | None:
    """Try the draft and write the outcome down; nothing when nobody waits for it any longer."""
    draft: RulePack | None = RulePack.objects.filter(
        id=pack_id, status="draft", trial_asked_at__isnull=False
    ).first()
    if draft is None:
        return None
    return record_trial(actor=SYSTEM, read=draft, outcome=try_out(draft), now=now)


def left_waiting(*, now: datetime) -> list[UUID]:
    """Drafts whose trial should have been made long ago."""
    waiting = RulePack.objects.filter(status="draft", trial_asked_at__lt=now - UNHEARD_FOR)
    return list(waiting.order_by("trial_asked_at", "id").values_list("id", flat=True))
