"""Deadlines of the review: a reminder in time, an escalation when it is past."""

from __future__ import annotations

from datetime import datetime, timedelta

from compliance.models import Review
from compliance.notices import tell_reviewers
from compliance.queries import missing_roles
from kernel.actor import Actor
from ledger.record import record
from tenancy.usecase import usecase

REMIND_BEFORE = timedelta(hours=4)
PAGE = 500


@usecase(by="system", may_do_nothing=True)
def remind_reviewers(*, actor: Actor, now: datetime) -> int:
    """Record a reminder for reviews due soon and an escalation for those overdue, once each."""
    soon = Review.objects.open().filter(due_at__lte=now + REMIND_BEFORE, reminded_at__isnull=True)
    late = Review.objects.open().filter(due_at__lte=now, escalated_at__isnull=True)
    told = 0
    for review in soon.select_for_update(skip_locked=True).light().order_by("id")[:PAGE]:
        _tell(review, "compliance.reminded", "reminded_at", actor, now)
        told += 1
    for review in late.select_for_update(skip_locked=True).light().order_by("id")[:PAGE]:
        _tell(review, "compliance.escalated", "escalated_at", actor, now)
        told += 1
    return told


def _tell(review: Review, verb: str, mark: str, actor: Actor, now: datetime) -> None:
    setattr(review, mark, now)
    review.save(update_fields=[mark])
    tell_reviewers(review, "review.due" if mark == "reminded_at" else "review.late", now=now)
    record(
        verb,
        actor=actor,
        subject=review.ref,
        at=now,
        campaign_id=review.subject_id,
        stage=review.stage,
        roles=sorted(missing_roles(review)),
    )
