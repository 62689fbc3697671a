"""Grants that end unused: revoked by a person, expired by time, released because the customer was
forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from kernel.actor import Actor, Ref
from kernel.errors import DomainError, NotFound
from kernel.scope import current_institution
from ledger.record import record
from privacy.models import Participant
from privacy.usecases import write_text
from privacy.vault import phone_of
from rewards.lifecycle import GRANT
from rewards.models import Appointment, Grant, RedemptionCode, RevokeReason
from rewards.usecases.bookings import end_appointment
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

BATCH = 200
TOLD_WITHIN = timedelta(days=2)
"""How long the text about a revoked service is worth sending."""


class RevokeReasonMissing(DomainError):
    """Nobody loses a service without being told why."""

    code = "revoke_reason_missing"
    status = 400
    zh = "请选择撤销原因，客户会看到这个原因。"
    en = "Please choose why the service is revoked; the customer is told."


@usecase(Permission.REVOKE_GRANT)
def revoke_grant(*, actor: Actor, grant_id: UUID, reason: str, now: datetime) -> Grant:
    """Take a service back with its code and its time, and tell the customer why by text.

    `reason` is one of RevokeReason. Raises NotFound, RevokeReasonMissing, IllegalTransition.
    """
    if reason not in RevokeReason.values:
        raise RevokeReasonMissing
    if not Grant.objects.filter(pk=grant_id).exists():
        raise NotFound
    grant: Grant = Grant.objects.locked(grant_id)
    _end(actor, grant, "revoke", reason, now=now)
    _tell_customer(actor, grant, RevokeReason(reason), now=now)
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
    grant.end_reason = reason
    grant.save(update_fields=["state", "ended_at", "end_reason"])
    RedemptionCode.objects.filter(grant=grant, state__in=["live", "unbooked"]).update(state=grant.state)
    missed = Appointment.State.MISSED if deed == "expire" else Appointment.State.CANCELLED
    end_appointment(grant.id, missed, now=now)
    record(
        f"rewards.{grant.state}", actor=actor, subject=Ref("grant", grant.id), at=now,
        campaign_id=grant.campaign_id, version_id=grant.version_id, channel=grant.channel,
        variant=grant.variant, reason=reason,
    )  # fmt: skip


def _tell_customer(actor: Actor, grant: Grant, reason: RevokeReason, *, now: datetime) -> None:
    """A text to whoever has proven a number; others read it under 我的权益."""
    participant = Participant.of(grant.participant_id)
    if participant.state != Participant.State.VERIFIED:
        return
    institution = institution_of(current_institution())
    write_text(
        actor=actor,
        participant_id=participant.id,
        campaign_id=grant.campaign_id,
        kind="revoked",
        phone=phone_of(participant),
        body=(
            f"【{institution.name}】您的服务“{grant.benefit.title}”已撤销，原因：{reason.label}。"
            f"如有疑问，请致电 {institution.complaint_phone}。"
        ),
        useless_after=now + TOLD_WITHIN,
        now=now,
    )
