"""The redemption desk: one code, one answer, one time."""

from __future__ import annotations

from datetime import datetime

from kernel.actor import NOBODY, Actor, Ref
from ledger.record import record
from rewards.lifecycle import GRANT
from rewards.lookup import (
    Answer,
    Difference,
    Outcome,
    branch_id_of,
    describe,
    differences_of,
    look_up,
    outcome_of,
)
from rewards.models import Appointment, Grant, RedemptionCode
from rewards.usecases.bookings import end_appointment
from tenancy.roles import Permission
from tenancy.usecase import usecase


@usecase(Permission.REDEEM_CODE)
def redeem_code(*, actor: Actor, code: str, phone: str = "", agreed: bool = False, now: datetime) -> Answer:
    """Redeem a code, once. Refusals are answers, not exceptions: they too are written down.

    `phone` may hold the customer's number or its last four digits; when it does, it must fit. Another
    branch or time than booked is redeemed only when `agreed`; a visit served early gives its seat back.
    Raises RevealQuotaSpent, LookupTooSoon, NoMoreComparing.
    """
    found, outcome = look_up(actor=actor, code=code, phone=phone, agreed=agreed, now=now)
    if found is None or outcome is not Outcome.READY:
        return _refused(actor, found, outcome, now=now)

    differences = differences_of(actor, found, now=now)
    grant = Grant.objects.select_for_update(of=("self",)).select_related("benefit").get(pk=found.grant_id)
    won = RedemptionCode.objects.filter(
        pk=found.pk, state=RedemptionCode.State.LIVE, expires_at__gt=now
    ).update(
        state=RedemptionCode.State.REDEEMED,
        redeemed_at=now,
        redeemed_by=actor.id,
        redeemed_branch_id=branch_id_of(actor),
    )
    if not won:
        found.refresh_from_db()
        return _refused(actor, found, outcome_of(found, now=now), now=now)

    grant.state, grant.ended_at = GRANT.next(grant.state, "redeem"), now
    grant.save(update_fields=["state", "ended_at"])
    Appointment.objects.filter(grant=grant, state="booked", staff_id=None).update(staff_id=actor.id)
    early = Difference.EARLY in differences
    end_appointment(grant.id, Appointment.State.EARLY if early else Appointment.State.KEPT, now=now)
    record(
        "rewards.redeemed", actor=actor, subject=Ref("grant", grant.id), at=now,
        campaign_id=grant.campaign_id, version_id=grant.version_id, channel=grant.channel,
        variant=grant.variant, participant=str(grant.participant_id), service=grant.benefit.service,
        differences=[difference.value for difference in differences],
    )  # fmt: skip
    found.refresh_from_db()
    return describe(found, Outcome.REDEEMED)


@usecase(Permission.REDEEM_CODE)
def inspect_code(*, actor: Actor, code: str, phone: str = "", now: datetime) -> Answer:
    """What redeeming would answer, without doing it: the counter looks before it redeems.

    Raises RevealQuotaSpent, LookupTooSoon, NoMoreComparing.
    """
    return _looked_up(actor, code, phone, now=now)


@usecase(Permission.REVOKE_GRANT)
def find_by_code(*, actor: Actor, code: str, now: datetime) -> Answer:
    """What a code stands for, for whoever looks after granted services."""
    return _looked_up(actor, code, "", now=now)


def _looked_up(actor: Actor, code: str, phone: str, *, now: datetime) -> Answer:
    found, outcome = look_up(actor=actor, code=code, phone=phone, now=now)
    record(
        "rewards.code_looked_up", actor=actor, at=now, outcome=outcome.value,
        subject=Ref("grant", found.grant_id if found else NOBODY),
    )  # fmt: skip
    return _told(actor, found, outcome, now=now)


def _refused(actor: Actor, found: RedemptionCode | None, outcome: Outcome, *, now: datetime) -> Answer:
    record(
        "rewards.redemption_refused", actor=actor, at=now, reason=outcome.value,
        subject=Ref("grant", found.grant_id if found else NOBODY),
    )  # fmt: skip
    return _told(actor, found, outcome, now=now)


def _told(actor: Actor, found: RedemptionCode | None, outcome: Outcome, *, now: datetime) -> Answer:
    if found is None or outcome in (Outcome.WRONG_PHONE, Outcome.UNKNOWN):
        return Answer(outcome=outcome)
    return describe(found, outcome, differences_of(actor, found, now=now))
