"""Doorbells of compliance."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from compliance import packing, trying, usecases
from kernel.actor import SYSTEM
from kernel.defer import defer
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {
    "compliance.tasks.sweep_approvals": 60.0,
    "compliance.tasks.sweep_clocks": 300.0,
    "compliance.tasks.sweep_trials": 60.0,
    "compliance.tasks.sweep_evidence": 15.0,
}


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


@background(queue=Queue.REPORTS, seconds=600)
def try_draft(*, pack_id: UUID) -> None:
    """Try a draft that someone asked to have tried."""
    trying.try_draft(pack_id=pack_id, now=timezone.now())


@background(queue=Queue.REPORTS, seconds=120, across_institutions=True)
def sweep_trials() -> None:
    """Ring again for the trials that nobody made, and give up those past hope."""
    for _institution in every_institution(reason="drafts are tried at every institution"):
        for pack_id in trying.left_waiting(now=timezone.now()):
            defer("compliance.tasks.try_draft", pack_id=pack_id)
        for pack_id in trying.past_hope(now=timezone.now()):
            usecases.give_up_trial(actor=SYSTEM, pack_id=pack_id, now=timezone.now())


@background(queue=Queue.REPORTS, seconds=300)
def make_evidence(*, package_id: UUID) -> None:
    """One piece of an evidence package; rings again while there is more."""
    if packing.make_next_piece(package_id=package_id, now=timezone.now()):
        defer("compliance.tasks.make_evidence", package_id=package_id)


@background(queue=Queue.SEALS, seconds=300)
def close_evidence(*, package_id: UUID) -> None:
    """The last piece of a package, which is signed: made where the key is."""
    packing.make_next_piece(package_id=package_id, now=timezone.now())


@background(queue=Queue.REPORTS, seconds=120, across_institutions=True)
def sweep_evidence() -> None:
    """Ring for every package that nobody is making, and delete those whose days are over."""
    for _institution in every_institution(reason="evidence is packed and removed at every institution"):
        for package_id in packing.packages_left(timezone.now()):
            if packing.is_closing(package_id):
                defer("compliance.tasks.close_evidence", package_id=package_id)
            else:
                defer("compliance.tasks.make_evidence", package_id=package_id)
        while usecases.remove_old_evidence(actor=SYSTEM, now=timezone.now()):
            pass
