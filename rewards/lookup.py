"""Looking a redemption code up: what it is, and what redeeming it would answer. Own institution only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from kernel import keyring
from kernel.actor import Actor
from kernel.scope import current_institution
from privacy.queries import MaskedPerson, masked
from privacy.usecases import compare_number
from rewards.codes import Mistyped, is_from, read_code
from rewards.models import Appointment, RedemptionCode
from tenancy.models import Staff


class Outcome(StrEnum):
    """What the desk is told. Each has its own sentence and its own advice."""

    READY = "ready"
    REDEEMED = "redeemed"
    ALREADY_USED = "already_used"
    EXPIRED = "expired"
    WRONG_INSTITUTION = "wrong_institution"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    MISTYPED = "mistyped"
    WRONG_PHONE = "wrong_phone"
    WRONG_BRANCH = "wrong_branch"
    NOT_BOOKED = "not_booked"
    NOT_AS_BOOKED = "not_as_booked"


class Difference(StrEnum):
    """In what the visit at the counter differs from the one that was booked."""

    OTHER_BRANCH = "other_branch"
    EARLY = "early"
    LATE = "late"


ON_TIME = timedelta(hours=2)
"""How long before its start and after its end a visit still counts as the booked one (decision 0140)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome, and as much of the booking as the desk may see."""

    outcome: Outcome
    service: str = ""
    person: MaskedPerson | None = None
    need: str = ""
    visit_at: datetime | None = None
    branch: str = ""
    redeemed_at: datetime | None = None
    differences: tuple[Difference, ...] = ()
    grant_id: UUID | None = None


_STATES = {
    RedemptionCode.State.REDEEMED: Outcome.ALREADY_USED,
    RedemptionCode.State.REVOKED: Outcome.REVOKED,
    RedemptionCode.State.EXPIRED: Outcome.EXPIRED,
    RedemptionCode.State.UNBOOKED: Outcome.NOT_BOOKED,
}


def look_up(
    *, actor: Actor, code: str, phone: str, agreed: bool = False, now: datetime
) -> tuple[RedemptionCode | None, Outcome]:
    """The row of a code and what would become of it now. Reads this institution's rows only.

    Called within a use case: a number that is held against the customer's is recorded and counted.
    `agreed` says that customer and colleague know that this is not the visit that was booked.
    Raises RevealQuotaSpent, LookupTooSoon, NoMoreComparing, CryptoFailure.
    """
    try:
        signs = read_code(code)
    except Mistyped:
        return None, Outcome.MISTYPED
    if not is_from(signs, current_institution()):
        return None, Outcome.WRONG_INSTITUTION
    stored = keyring.index_candidates(signs, kind="code", now=now)
    found: RedemptionCode | None = (
        RedemptionCode.objects.filter(Q(fingerprint__in=stored) | Q(fingerprint_coming__in=stored))
        .select_related("grant__benefit", "participant", "redeemed_branch")
        .first()
    )
    if found is None:
        return None, Outcome.UNKNOWN
    outcome = outcome_of(found, now=now)
    if (
        outcome is Outcome.READY
        and phone.strip()
        and not compare_number(actor=actor, participant_id=found.participant_id, typed=phone, now=now)
    ):
        outcome = Outcome.WRONG_PHONE
    allowed = found.grant.benefit.branch_ids
    if outcome is Outcome.READY and allowed and branch_id_of(actor) not in allowed:
        outcome = Outcome.WRONG_BRANCH
    if outcome is Outcome.READY and not agreed and differences_of(actor, found, now=now):
        outcome = Outcome.NOT_AS_BOOKED
    return found, outcome


def differences_of(actor: Actor, found: RedemptionCode, *, now: datetime) -> tuple[Difference, ...]:
    """In what serving this code here and now differs from its open appointment; nothing without one."""
    visit = _last_visit(found)
    if visit is None or visit.state != Appointment.State.BOOKED:
        return ()
    here = branch_id_of(actor)
    told = {
        Difference.OTHER_BRANCH: here is not None and visit.slot.branch_id != here,
        Difference.EARLY: now < visit.slot.starts_at - ON_TIME,
        Difference.LATE: now > visit.slot.ends_at + ON_TIME,
    }
    return tuple(difference for difference, differs in told.items() if differs)


def outcome_of(found: RedemptionCode, *, now: datetime) -> Outcome:
    state = RedemptionCode.State(found.state)
    if state in _STATES:
        return _STATES[state]
    return Outcome.EXPIRED if found.expires_at <= now else Outcome.READY


def describe(found: RedemptionCode, outcome: Outcome, differences: tuple[Difference, ...] = ()) -> Answer:
    """The answer with the service and the masked customer; a forgotten customer shows as nobody."""
    visit = _last_visit(found)
    return Answer(
        outcome=outcome,
        service=found.grant.benefit.title,
        person=masked(found.participant),
        need=visit.get_need_display() if visit else "",
        visit_at=visit.slot.starts_at if visit else None,
        branch=visit.slot.branch.name if visit else "",
        redeemed_at=found.redeemed_at,
        differences=differences,
        grant_id=found.grant_id,
    )


def _last_visit(found: RedemptionCode) -> Appointment | None:
    visit: Appointment | None = (
        Appointment.objects.filter(grant_id=found.grant_id)
        .select_related("slot__branch")
        .order_by("-created_at", "id")
        .first()
    )
    return visit


def branch_id_of(actor: Actor) -> UUID | None:
    """Where this colleague works."""
    branch_id: UUID | None = Staff.objects.filter(pk=actor.id).values_list("branch_id", flat=True).first()
    return branch_id
