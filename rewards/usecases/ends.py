"""Grants that end unused: revoked by a person, expired by time, released because the customer was
forgotten.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from kernel.actor import Actor, Ref
from ledger.record import record
from privacy.models import Participant
from rewards.lifecycle import GRANT
from rewards.models import Appointment, Grant, RedemptionCode
from rewards.usecases.bookings import end_appointment
from tenancy.roles import Permission
from tenancy.usecase import usecase

BATCH = 200


@usecase(Permission.REVOKE_GRANT)
def revoke_grant(*, actor: Actor, grant_id: UUID, reason: str, now: datetime) -> Grant:
    """Take a grant back with its code and its time. `reason` is a code word. Raises IllegalTransition."""
    grant: Grant = Grant.objects.locked(grant_id)
    _end(actor, grant, "revoke", reason, now=now)
    return grant


@usecase(by="system", may_do_nothing=True)
def sweep_expired(*, actor: Actor, now: datetime) -> int:
    """End what was not booked or not used in time; how many grants ended."""
    due = Q(state="granted", book_before__lte=now) | Q(state="booked", code__expires_at__lte=now)
    grants = list(
        Grant.objects.select_for_update(skip_locked=True, of=("self",)).filter(due).order_by("id")[:BATCH]
    )
    for grant in grants:
        _end(actor, grant, "expire", "time", now=now)
    return len(grants)


@usecase(by="system", may_do_nothing=True)
def release_forgotten(*, actor: Actor, now: datetime) -> int:
    """Give back the times and end the codes of customers who were forgotten; how many grants ended."""
    grants = list(
        Grant.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state__in=["granted", "booked"], participant__state=Participant.State.FORGOTTEN)
        .order_by("id")[:BATCH]
    )
    for grant in grants:
        _end(actor, grant, "revoke", "forgotten", now=now)
    return len(grants)


def _end(actor: Actor, grant: Grant, deed: str, reason: str, *, now: datetime) -> None:
    grant.state, grant.ended_at = GRANT.next(grant.state, deed), now
    grant.save(update_fields=["state", "ended_at"])
    RedemptionCode.objects.filter(grant=grant, state__in=["live", "unbooked"]).update(state=grant.state)
    missed = Appointment.State.MISSED if deed == "expire" else Appointment.State.CANCELLED
    end_appointment(grant.id, missed, now=now)
    record(
        f"rewards.{grant.state}", actor=actor, subject=Ref("grant", grant.id), at=now,
        campaign_id=grant.campaign_id, version_id=grant.version_id, channel=grant.channel,
        variant=grant.variant, reason=reason,
    )  # fmt: skip
