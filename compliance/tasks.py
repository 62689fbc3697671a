"""Doorbells of compliance."""

from __future__ import annotations

from django.utils import timezone

from compliance import usecases
from kernel.actor import SYSTEM
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {"compliance.tasks.sweep_approvals": 60.0, "compliance.tasks.sweep_clocks": 300.0}


@background(queue=Queue.DEFAULT, seconds=300, across_institutions=True)
def sweep_approvals() -> None:
    """Let approvals lapse or be revoked whose day has come, and settle conditions, by institution."""
    for _institution in every_institution(reason="approvals lapse at every institution"):
        usecases.raise_rechecks(actor=SYSTEM, now=timezone.now())
        usecases.revoke_overdue(actor=SYSTEM, now=timezone.now())
        usecases.meet_conditions(actor=SYSTEM, now=timezone.now())
        while usecases.lapse_reviews(actor=SYSTEM, now=timezone.now()):
            pass


@background(queue=Queue.DEFAULT, seconds=300, across_institutions=True)
def sweep_clocks() -> None:
    """Remind reviewers before a deadline and escalate after it, institution by institution."""
    for _institution in every_institution(reason="reviews wait at every institution"):
        usecases.remind_reviewers(actor=SYSTEM, now=timezone.now())
