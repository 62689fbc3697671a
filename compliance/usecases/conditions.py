"""Approved with a condition: nothing goes live before the machine finds the condition met, or after it no
longer does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from compliance.models import Condition, Decision, Review
from compliance.notices import tell_of_condition
from compliance.packs import pack_in_force
from compliance.queries import wrote
from compliance.scanner import pack_hash
from compliance.subjects import Vouching, faces
from compliance.usecases.findings import SecondPersonNeeded
from kernel.actor import Actor
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

_KIND = Condition.Kind


class AlreadyFiled(DomainError):
    """A number is recorded once and never changed."""

    code = "already_filed"
    zh = "备案编号已登记，不能更改。"
    en = "The filing number is recorded already and cannot be changed."


def attach_conditions(decision: Decision, conditions: Mapping[str, date | None], *, now: datetime) -> None:
    """Tie conditions to an approval, inside the deed that gives it. Raises BadRequest."""
    if not conditions:
        return
    offered, rules = conditions_for(decision.review), pack_hash(pack_in_force())
    for kind, not_before in conditions.items():
        if kind not in offered or (kind == _KIND.NOT_BEFORE and not_before is None):
            raise BadRequest
        condition = Condition(review=decision.review, decision=decision, kind=kind, not_before=not_before)
        condition.met_at = now if _judged(condition, rules, now) else None
        condition.save(force_insert=True)


def conditions_for(review: Review) -> list[Condition.Kind]:
    """What can be asked for of this content: only what a machine can find out about it."""
    face = faces.of(review.subject_kind)
    kinds = [_KIND.NOT_BEFORE, _KIND.FILED]
    if isinstance(face, Vouching):
        kinds.append(_KIND.CLEAN_SCAN)
        if face.serves(review.content) is not None:
            kinds.append(_KIND.SERVICE_ON_OFFER)
    return kinds


@usecase(Permission.DECIDE_REVIEW)
def record_filing(*, actor: Actor, condition_id: UUID, number: str, now: datetime) -> Condition:
    """Record the number under which the content was filed (备案编号): once, by a second person, neither who
    asked for it nor who wrote any of the content.

    Raises NotFound, SecondPersonNeeded, AlreadyFiled, BadRequest.
    """
    filed = Condition.objects.filter(id=condition_id, kind=_KIND.FILED).select_related("review", "decision")
    condition: Condition | None = filed.select_for_update(of=("self",)).first()
    if condition is None or condition.review.status not in ("open", "approved"):
        raise NotFound
    review = condition.review
    if actor.id == condition.decision.reviewer_id or wrote(actor.id, review):
        raise SecondPersonNeeded
    if condition.number:
        raise AlreadyFiled
    written = number.strip()
    if not 4 <= len(written) <= 80:
        raise BadRequest
    condition.number, condition.recorded_by_id = written, actor.id
    condition.recorded_at = condition.met_at = now
    condition.save(update_fields=["number", "recorded_by", "recorded_at", "met_at"])
    record(
        "compliance.filing_recorded",
        actor=actor,
        subject=review.ref,
        at=now,
        campaign_id=review.subject_id,
        condition=str(condition.id),
    )
    tell_of_condition(condition, now=now)
    return condition


@usecase(by="system", may_do_nothing=True)
def meet_conditions(*, actor: Actor, now: datetime) -> int:
    """Look at every unmet condition of an approval; how many are met now. What was met and no longer is
    (a service gone, words that another pack blocks) holds again. Safe to repeat.

    Services come and go at any time; words are judged once by each pack.
    """
    rules = pack_hash(pack_in_force())
    approved = Condition.objects.filter(review__status="approved").select_related("review")
    worth_a_look = Q(met_at__isnull=True) | Q(kind__in=[_KIND.SERVICE_ON_OFFER, _KIND.CLEAN_SCAN])
    unjudged = approved.filter(worth_a_look).exclude(kind=_KIND.CLEAN_SCAN, judged_by=rules)
    met = 0
    for condition in unjudged.order_by("id"):
        before, holds = condition.met_at is not None, _judged(condition, rules, now)
        if holds == before:
            if condition.kind == _KIND.CLEAN_SCAN:
                condition.save(update_fields=["judged_by"])
        elif holds:
            _record("compliance.condition_met", condition, actor, met_at=now, now=now)
            tell_of_condition(condition, now=now)
            met += 1
        else:
            _record("compliance.condition_lost", condition, actor, met_at=None, now=now)
    return met


def _record(verb: str, condition: Condition, actor: Actor, *, met_at: datetime | None, now: datetime) -> None:
    condition.met_at = met_at
    condition.save(update_fields=["met_at", "judged_by"])
    record(
        verb,
        actor=actor,
        subject=condition.review.ref,
        at=now,
        campaign_id=condition.review.subject_id,
        kind=condition.kind,
    )


def _judged(condition: Condition, rules: str, now: datetime) -> bool:
    """Whether it is met; a clean scan remembers by which rules."""
    if condition.kind == _KIND.CLEAN_SCAN:
        condition.judged_by = rules
    return _is_met(condition, now)


def _is_met(condition: Condition, now: datetime) -> bool:
    review = condition.review
    face = faces.of(review.subject_kind)
    if condition.kind == _KIND.NOT_BEFORE:
        return condition.not_before is not None and local_day(now) >= condition.not_before
    if condition.kind == _KIND.FILED:
        return bool(condition.number)
    if not isinstance(face, Vouching):
        return False
    if condition.kind == _KIND.SERVICE_ON_OFFER:
        return face.serves(review.content) is True
    return face.blocking(review.content, institution_of(current_institution()).sector) == 0
