"""Approved with a condition: nothing goes live before the machine finds the condition met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from compliance.models import Condition, Decision, Review
from compliance.packs import pack_in_force
from compliance.scanner import pack_hash
from kernel.actor import Actor
from kernel.errors import BadRequest
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.usecase import usecase


def attach_conditions(decision: Decision, conditions: Mapping[str, date | None], *, now: datetime) -> None:
    """Tie conditions to an approval, inside the deed that gives it. Raises BadRequest."""
    for kind, not_before in conditions.items():
        if kind not in Condition.Kind.values or (kind == Condition.Kind.NOT_BEFORE and not_before is None):
            raise BadRequest
        condition = Condition(review=decision.review, decision=decision, kind=kind, not_before=not_before)
        condition.met_at = now if _is_met(condition, now) else None
        condition.save(force_insert=True)


@usecase(by="system", may_do_nothing=True)
def meet_conditions(*, actor: Actor, now: datetime) -> int:
    """Look at every unmet condition of an approval; how many are met now. Safe to repeat."""
    waiting = Condition.objects.filter(met_at__isnull=True, review__status="approved")
    met = 0
    for condition in waiting.select_related("review").order_by("id"):
        if not _is_met(condition, now):
            continue
        condition.met_at = now
        condition.save(update_fields=["met_at"])
        record(
            "compliance.condition_met",
            actor=actor,
            subject=condition.review.ref,
            at=now,
            campaign_id=condition.review.subject_id,
            kind=condition.kind,
        )
        met += 1
    return met


def _is_met(condition: Condition, now: datetime) -> bool:
    if condition.kind == Condition.Kind.NOT_BEFORE:
        return condition.not_before is not None and local_day(now) >= condition.not_before
    review: Review = condition.review
    clean = not any(finding["severity"] == "block" for finding in review.findings)
    return clean and review.pack_hash == pack_hash(pack_in_force())
