"""Reading personal data in clear: a permission, a purpose, a quota, a line in the ledger, seen by the
person.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import Denied, DomainError, NotFound
from ledger.record import record
from privacy.errors import Forgotten
from privacy.models import Field, Participant, Reveal, RevealRule
from privacy.queries import reveal_policy
from privacy.reveal_policy import FIELDS, Reach, may_be_given, reach_of
from privacy.usecases.allowance import charge, locked_allowance
from privacy.vault import name_of, phone_of
from tenancy.roles import PERMISSION_LABELS, Permission
from tenancy.usecase import usecase


class PurposeMissing(DomainError):
    """A reading without a purpose."""

    code = "reveal_purpose_missing"
    status = 400
    zh = "请选择查看目的。"
    en = "Please choose the purpose."


class RuleTooWide(DomainError):
    """A rule that would let a post read more than it ever may."""

    code = "reveal_rule_too_wide"
    status = 400
    zh = "只有合规岗和服务岗可以查看明文，服务岗只限自己接待的客户。"
    en = "Only compliance and service staff may read in clear, service staff only their own visits."


@usecase(Permission.REVEAL_PERSONAL)
def reveal_field(*, actor: Actor, participant_id: UUID, field: str, purpose: str, now: datetime) -> str:
    """The plain value, for posts that may read anyone's.

    Raises Denied, PurposeMissing, RevealQuotaSpent, Forgotten, NotFound, CryptoFailure.
    """
    _refuse_beyond(actor, field, Reach.ANY)
    return _reveal(actor, participant_id, field, purpose, None, now=now)


@usecase(Permission.REVEAL_PERSONAL)
def reveal_booked_field(
    *, actor: Actor, participant_id: UUID, field: str, purpose: str, booking_id: UUID, now: datetime
) -> str:
    """The plain value for the staff of a booking. `rewards` alone calls it, after it checked whose
    booking it is.

    Raises Denied, PurposeMissing, RevealQuotaSpent, Forgotten, NotFound, CryptoFailure.
    """
    _refuse_beyond(actor, field, Reach.OWN)
    return _reveal(actor, participant_id, field, purpose, booking_id, now=now)


@usecase(Permission.MANAGE_PRIVACY)
def set_reveal_rule(*, actor: Actor, role: str, field: str, reach: str, now: datetime) -> RevealRule:
    """Take a post's reading of a field away, or give it back; it can never be widened. Raises RuleTooWide."""
    if not may_be_given(role, field, reach):
        raise RuleTooWide
    rule: RevealRule
    rule, _made = RevealRule.objects.update_or_create(
        role=role, field=field, defaults={"reach": reach, "set_at": now}
    )
    record(
        "privacy.reveal_rule_set", actor=actor, subject=Ref("reveal_rule", rule.id), at=now,
        role=role, field=field, reach=reach,
    )  # fmt: skip
    return rule


def _refuse_beyond(actor: Actor, field: str, needed: Reach) -> None:
    """Owning a visit is less than being let read anyone."""
    held = reach_of(actor.roles, field, reveal_policy())
    enough = {Reach.OWN: (Reach.OWN, Reach.ANY), Reach.ANY: (Reach.ANY,)}[needed]
    if held not in enough and field in FIELDS:
        raise Denied(permission=str(PERMISSION_LABELS[Permission.REVEAL_PERSONAL]))


def _reveal(
    actor: Actor, participant_id: UUID, field: str, purpose: str, booking_id: UUID | None, *, now: datetime
) -> str:
    if purpose not in Reveal.Purpose.values:
        raise PurposeMissing
    participant = Participant.of(participant_id)
    if participant.state == Participant.State.FORGOTTEN:
        raise Forgotten
    readers = {Field.NAME.value: name_of, Field.PHONE.value: phone_of}
    if field not in readers:
        raise NotFound
    allowance = locked_allowance(actor.id, is_guess=False, now=now)
    charge(allowance, actor=actor, is_guess=False, now=now)
    plain = readers[field](participant)

    Reveal.objects.create(
        participant=participant,
        staff_id=actor.id,
        field=field,
        purpose=purpose,
        booking_id=booking_id,
        at=now,
    )
    record(
        "privacy.revealed", actor=actor, subject=Ref("participant", participant.id), at=now,
        field=field, purpose=purpose, booking=str(booking_id) if booking_id else None,
    )  # fmt: skip
    return plain.removeprefix("+86")
