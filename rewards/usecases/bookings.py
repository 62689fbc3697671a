"""Making use of a grant: a time at a branch, and the code that opens it there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from kernel import keyring
from kernel.actor import Actor, Ref
from kernel.errors import Denied, DomainError, NotFound
from kernel.ids import new_id
from kernel.scope import current_institution
from kernel.timekeeping import end_of_day, local_day, spoken_moment, whole_days_after
from ledger.record import record
from privacy.errors import ConsentMissing, PhoneNotVerified
from privacy.models import Field, Participant
from privacy.queries import has_consented, same_person
from privacy.usecases import end_kept_booking, keep_longer, reveal_booked_field, write_name, write_text
from privacy.vault import opened_for, phone_of, sealed_for
from rewards.codes import make_code
from rewards.lifecycle import GRANT
from rewards.models import NEEDS_OF, Appointment, Grant, RedemptionCode, Slot
from tenancy.roles import PERMISSION_LABELS, Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

AFTERCARE = timedelta(days=30)
"""How long after the service ends the data of a booking is still needed: complaints and proof."""
_REISSUED = (
    "participant", "sealed", "fingerprint", "fingerprint_coming", "state", "issued_at", "expires_at",
)  # fmt: skip


class SlotGone(DomainError):
    """The time is full, over, or not at a branch of this service."""

    code = "slot_gone"
    zh = "这个时段已约满或已过，请换一个时间。"
    en = "This time is taken or over. Please choose another."


class BookingOver(DomainError):
    """The time to book has passed."""

    code = "booking_over"
    status = 410
    zh = "这项服务的预约期已过。"
    en = "The time to book this service is over."


class AlreadyEarned(DomainError):
    """The same person booked this very occasion under another visit of theirs."""

    code = "already_earned"
    zh = "该手机号已预约过本次活动的这项服务，每人一次。"
    en = "This number has booked this service of the campaign already; it is once a person."


class NeedUnknown(DomainError):
    """Not one of the need types that an institution of this sector answers."""

    code = "need_unknown"
    status = 400
    zh = "请选择需求类型。"
    en = "Please choose what you need."


@dataclass(frozen=True, slots=True)
class Booking:
    """A fresh booking with its code, for its owner's eyes."""

    grant: Grant
    appointment: Appointment
    code: str = field(repr=False)


@usecase(by="participant")
def book_grant(
    *, actor: Actor, grant_id: UUID, name: str, need: str, slot_id: UUID, link: str = "", now: datetime
) -> Booking:
    """Book a time for an earned service and make its redemption code.

    The person has agreed to everything this asks for, proven a number and gives a name; `need` is empty where
    the campaign does not ask for it. `link` is where its owner finds the booking again; it holds no code and
    goes out with the confirmation. Raises NotFound, IllegalTransition, BookingOver, ConsentMissing,
    PhoneNotVerified, NotAName, NeedUnknown, AlreadyEarned, SlotGone, Forgotten.
    """
    grant = _own_grant(actor, grant_id)
    after = GRANT.next(grant.state, "book")
    if grant.book_before <= now:
        raise BookingOver
    if need and need not in NEEDS_OF[institution_of(current_institution()).sector]:
        raise NeedUnknown
    participant = Participant.of(actor.id)
    if participant.state != Participant.State.VERIFIED:
        raise PhoneNotVerified
    asked = [each for each in Field.values if need or each != Field.NEED]
    if not all(has_consented(participant.id, each) for each in asked):
        raise ConsentMissing
    _refuse_second(grant, participant.person_id)
    write_name(actor=actor, name=name, now=now)
    if grant.participant_id != participant.id:
        grant.participant = participant  # earned as an earlier pseudonym of the same person
    slot = _take_seat(slot_id, grant, now=now)

    expires_at = max(whole_days_after(now, grant.benefit.valid_days), end_of_day(local_day(slot.ends_at)))
    grant.state, grant.person_id = after, participant.person_id
    grant.save(update_fields=["state", "person_id", "participant"])
    appointment: Appointment = Appointment.objects.create(grant=grant, slot=slot, need=need, created_at=now)
    code = _code_for(grant, participant, expires_at=expires_at, now=now)
    keep_longer(actor=actor, participant_id=participant.id, until=expires_at + AFTERCARE, now=now)
    _confirm_by_text(actor, participant, grant, slot, link, now=now)

    record(
        "rewards.booked", actor=actor, subject=Ref("grant", grant.id), at=now,
        campaign_id=grant.campaign_id, version_id=grant.version_id, channel=grant.channel,
        variant=grant.variant, participant=str(participant.id), service=grant.benefit.service, need=need,
        slot=str(slot.id), branch=str(slot.branch_id),
    )  # fmt: skip
    return Booking(grant=grant, appointment=appointment, code=code)


@usecase(by="participant")
def cancel_booking(*, actor: Actor, grant_id: UUID, now: datetime) -> Grant:
    """Give the time back; the service can be booked again while its booking time lasts.

    Raises NotFound, IllegalTransition.
    """
    grant = _own_grant(actor, grant_id)
    grant.state = GRANT.next(grant.state, "cancel")
    grant.save(update_fields=["state"])
    RedemptionCode.objects.filter(grant=grant).update(state=RedemptionCode.State.UNBOOKED)
    end_appointment(grant.id, Appointment.State.CANCELLED, now=now)
    others = Grant.objects.filter(participant_id=grant.participant_id, state=Grant.State.BOOKED)
    if not others.exists():
        end_kept_booking(actor=actor, participant_id=grant.participant_id, now=now)

    record(
        "rewards.cancelled", actor=actor, subject=Ref("grant", grant.id), at=now,
        campaign_id=grant.campaign_id, version_id=grant.version_id, channel=grant.channel,
        variant=grant.variant,
    )  # fmt: skip
    return grant


@usecase(Permission.REDEEM_CODE)
def take_appointment(*, actor: Actor, appointment_id: UUID, now: datetime) -> Appointment:
    """A colleague takes the visit: from then on its customer is theirs to call. Raises NotFound."""
    taken = Appointment.objects.filter(
        pk=appointment_id, state=Appointment.State.BOOKED, staff_id=None
    ).update(staff_id=actor.id)
    appointment: Appointment | None = Appointment.objects.filter(pk=appointment_id).first()
    if appointment is None or (not taken and appointment.staff_id != actor.id):
        raise NotFound

    record("rewards.appointment_taken", actor=actor, subject=Ref("appointment", appointment.id), at=now)
    return appointment


@usecase(Permission.REDEEM_CODE)
def mark_missed(*, actor: Actor, appointment_id: UUID, now: datetime) -> Appointment:
    """The customer did not come; the grant can be booked again. Raises NotFound, IllegalTransition."""
    over = Appointment.objects.filter(pk=appointment_id, slot__ends_at__lte=now)
    appointment: Appointment | None = over.first()
    if appointment is None:
        raise NotFound
    grant: Grant = Grant.objects.locked(appointment.grant_id)
    grant.state = GRANT.next(grant.state, "cancel")
    grant.save(update_fields=["state"])
    RedemptionCode.objects.filter(grant=grant).update(state=RedemptionCode.State.UNBOOKED)
    end_appointment(grant.id, Appointment.State.MISSED, now=now)
    record("rewards.missed", actor=actor, subject=Ref("grant", grant.id), at=now)
    appointment.refresh_from_db()
    return appointment


@usecase(Permission.REVEAL_PERSONAL)
def reveal_for_appointment(
    *, actor: Actor, appointment_id: UUID, field: str, purpose: str, now: datetime
) -> str:
    """The customer's name or number, for the colleague who took the visit and nobody else (F25).

    Raises Denied, NotFound, PurposeMissing, RevealQuotaSpent, Forgotten.
    """
    appointment = Appointment.objects.filter(pk=appointment_id).select_related("grant").order_by("id").first()
    if appointment is None:
        raise NotFound
    if appointment.staff_id != actor.id:
        raise Denied(permission=str(PERMISSION_LABELS[Permission.REVEAL_PERSONAL]))
    return reveal_booked_field(
        actor=actor,
        participant_id=appointment.grant.participant_id,
        field=field,
        purpose=purpose,
        booking_id=appointment.id,
        now=now,
    )


def end_appointment(grant_id: UUID, state: str, *, now: datetime) -> None:
    """Close the open visit of a grant and give its seat back unless its time was used."""
    open_one = Appointment.objects.filter(grant_id=grant_id, state=Appointment.State.BOOKED)
    slots = list(open_one.values_list("slot_id", flat=True))
    open_one.update(state=state, ended_at=now)
    if state in (Appointment.State.CANCELLED, Appointment.State.EARLY):
        Slot.objects.filter(pk__in=slots, taken__gt=0).update(taken=F("taken") - 1)


def _own_grant(actor: Actor, grant_id: UUID) -> Grant:
    grant: Grant | None = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("benefit")
        .filter(pk=grant_id, participant_id__in=same_person(actor.id))
        .first()
    )
    if grant is None:
        raise NotFound
    return grant


def _refuse_second(grant: Grant, person_id: UUID) -> None:
    """One person, one service for an occasion; the constraint holds it, this says it kindly."""
    list(Participant.objects.select_for_update().filter(person_id=person_id).order_by("id").values_list("id"))
    second = Grant.objects.filter(
        person_id=person_id, campaign_id=grant.campaign_id, occasion=grant.occasion
    ).exclude(pk=grant.pk)
    if second.exists():
        raise AlreadyEarned


def _take_seat(slot_id: UUID, grant: Grant, *, now: datetime) -> Slot:
    fitting = Slot.objects.filter(pk=slot_id, starts_at__gt=now, branch__is_active=True)
    if grant.benefit.branch_ids:
        fitting = fitting.filter(branch_id__in=grant.benefit.branch_ids)
    slot: Slot | None = fitting.select_related("branch").first()
    # No join in this statement: a condition in a subquery would not be looked at again after a wait.
    seats = Slot.objects.filter(pk=slot_id, taken__lt=F("capacity"))
    if slot is None or not seats.update(taken=F("taken") + 1):
        raise SlotGone
    return slot


def _code_for(grant: Grant, participant: Participant, *, expires_at: datetime, now: datetime) -> str:
    """The code of the grant: its old one woken up, or a fresh one."""
    row = RedemptionCode.objects.select_for_update().filter(grant=grant).first()
    if row is not None and row.participant_id == participant.id:
        row.state, row.expires_at = RedemptionCode.State.LIVE, expires_at
        row.save(update_fields=["state", "expires_at"])
        return opened_for(participant, RedemptionCode, "sealed", row.id, row.sealed)

    code = make_code(current_institution(), secrets.randbelow)
    index, coming = keyring.index_value(code, kind="code", now=now)
    code_id = row.id if row is not None else new_id()
    fresh = RedemptionCode(
        id=code_id,
        grant=grant,
        participant=participant,
        sealed=sealed_for(participant, RedemptionCode, "sealed", code_id, code),
        fingerprint=index,
        fingerprint_coming=coming,
        issued_at=now,
        expires_at=expires_at,
    )
    if row is None:
        fresh.save(force_insert=True)
    else:
        fresh.save(update_fields=_REISSUED)
    return code


def _confirm_by_text(
    actor: Actor, participant: Participant, grant: Grant, slot: Slot, link: str, *, now: datetime
) -> None:
    """The time and the place and the way to 我的权益, without the code: that stays there."""
    where = f"：{link} （换了手机可在此页用手机号找回）" if link else "。"
    when = spoken_moment(slot.starts_at)
    write_text(
        actor=actor,
        participant_id=participant.id,
        campaign_id=grant.campaign_id,
        kind="booking",
        phone=phone_of(participant),
        body=(
            f"【{institution_of(current_institution()).name}】您已预约“{grant.benefit.title}”：{when}，"
            f"{slot.branch.name}。请在活动页“我的权益”出示核销码{where}"
        ),
        useless_after=slot.starts_at,
        now=now,
    )
