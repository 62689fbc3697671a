"""Reading personal data in clear: a permission, a purpose, a quota, a line in the ledger, seen by the
person.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from kernel.actor import Actor, Ref
from kernel.errors import Denied, DomainError, NotFound
from kernel.ids import new_id
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.record import record
from privacy.errors import Forgotten
from privacy.models import Field, Participant, Reveal
from privacy.vault import name_of, phone_of
from tenancy.roles import PERMISSION_LABELS, Permission, Role
from tenancy.usecase import usecase

UNRESTRICTED = frozenset({Role.COMPLIANCE.value})
"""Posts that may read anyone's data for a purpose. Service staff read their own bookings' only (F25)."""


class RevealQuotaSpent(DomainError):
    """Today's number of readings is used up; the compliance desk sees the alert."""

    code = "reveal_quota_spent"
    status = 429
    zh = "您今天查看个人信息明文的次数（{quota} 次）已用完，请联系合规岗。"
    en = "You have used today's {quota} readings of personal data. Please contact compliance."


class PurposeMissing(DomainError):
    """A reading without a purpose."""

    code = "reveal_purpose_missing"
    status = 400
    zh = "请选择查看目的。"
    en = "Please choose the purpose."


@usecase(Permission.REVEAL_PERSONAL)
def reveal_field(*, actor: Actor, participant_id: UUID, field: str, purpose: str, now: datetime) -> str:
    """The plain value, for posts that may read anyone's.

    Raises Denied, PurposeMissing, RevealQuotaSpent, Forgotten, NotFound, CryptoFailure.
    """
    if not actor.roles & UNRESTRICTED:
        raise Denied(permission=str(PERMISSION_LABELS[Permission.REVEAL_PERSONAL]))
    return _reveal(actor, participant_id, field, purpose, None, now=now)


@usecase(Permission.REVEAL_PERSONAL)
def reveal_booked_field(
    *, actor: Actor, participant_id: UUID, field: str, purpose: str, booking_id: UUID, now: datetime
) -> str:
    """The plain value for the staff of a booking. `rewards` alone calls it, after it checked whose
    booking it is.

    Raises PurposeMissing, RevealQuotaSpent, Forgotten, NotFound, CryptoFailure.
    """
    return _reveal(actor, participant_id, field, purpose, booking_id, now=now)


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
    _spend_quota(actor.id, now=now)
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


def _spend_quota(staff_id: UUID, *, now: datetime) -> None:
    """One statement: the counter goes up while it is below the quota, or nothing happens."""
    quota = settings.REVEALS_PER_DAY
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO privacy_revealallowance AS allowance (id, institution_id, staff_id, day, used)
            VALUES (%s, %s, %s, %s, 1)
            ON CONFLICT (institution_id, staff_id, day)
            DO UPDATE SET used = allowance.used + 1 WHERE allowance.used < %s
            """,
            [str(new_id()), str(current_institution()), str(staff_id), local_day(now), quota],
        )
        if cursor.rowcount == 0:
            raise RevealQuotaSpent(quota=quota)
