"""Taking a consent back when a booking rests on it: kept on another basis or cancelled properly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kernel.actor import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.scope import current_institution
from kernel.timekeeping import spoken_moment
from privacy.models import Consent
from privacy.queries import is_last_consent, rests_on, same_person
from privacy.usecases import withdraw_consent, write_text
from privacy.usecases.consents import LAST_WORD
from privacy.vault import phone_of
from rewards.models import Appointment, Grant, RedemptionCode
from rewards.usecases.bookings import AFTERCARE, cancel_booking
from tenancy.scope import institution_of
from tenancy.usecase import usecase


class BookingChoice(StrEnum):
    """What becomes of the bookings that a withdrawn consent carried."""

    KEEP = "keep"
    CANCEL = "cancel"


class BookingAtStake(DomainError):
    """A booking rests on this consent: its owner says first what shall become of it."""

    code = "booking_at_stake"
    zh = "您有尚未使用的预约，请先选择保留或取消。"
    en = "You have a booking that was not used yet. Please choose whether to keep or cancel it first."


@dataclass(frozen=True, slots=True)
class AtStake:
    """What a withdrawal would cost: bookings, which can be kept, and services earned but not booked."""

    bookings: list[Grant]
    unbooked: list[Grant]

    def __bool__(self) -> bool:
        return bool(self.bookings or self.unbooked)


@usecase(by="participant", may_do_nothing=True)
def withdraw_with_bookings(
    *, actor: Actor, purpose: str, choice: BookingChoice | None = None, now: datetime
) -> UUID | None:
    """Take back one purpose; bookings that rest on it are kept to perform them, or cancelled and texted.

    Kept: the consent ends, and what the visit needs is held on another basis, performing the booking that was
    made (PIPL art. 13(1)(2)), until the service and its aftercare are over. Cancelled: the time is free, the
    code is asleep, the customer is texted. Returns the receipt, None when there was nothing to take back.
    Raises BookingAtStake when something would be lost and there is no choice, Forgotten.
    """
    stake = at_stake(actor.id, purpose)
    if stake and (choice is None or (choice is BookingChoice.KEEP and not stake.bookings)):
        raise BookingAtStake
    receipt = new_id()
    outcome = Consent.Outcome.ENDED
    needed: dict[UUID, datetime] = {}
    if stake.bookings and choice is BookingChoice.KEEP:
        outcome, needed = Consent.Outcome.KEPT, _needed(stake.bookings)
    elif stake.bookings:
        outcome = Consent.Outcome.CANCELLED
        visits = [_cancelled(actor, grant, now=now) for grant in stake.bookings]
        for grant, visit in zip(stake.bookings, visits, strict=True):
            _tell_customer(actor, grant, visit, now=now)
    ended = withdraw_consent(
        actor=actor, purpose=purpose, outcome=outcome, needed=needed, receipt=receipt, now=now
    )
    return receipt if ended else None


def at_stake(participant_id: UUID, purpose: str) -> AtStake:
    """What rests on this purpose: open bookings; earned services, if it is the person's last consent."""
    own = (
        Grant.objects.filter(participant_id__in=same_person(participant_id))
        .select_related("benefit", "participant")
        .order_by("id")
    )
    bookings = list(own.filter(state=Grant.State.BOOKED)) if rests_on(participant_id, purpose) else []
    last = is_last_consent(participant_id, purpose)
    return AtStake(bookings, list(own.filter(state=Grant.State.GRANTED)) if last else [])


def _needed(bookings: Iterable[Grant]) -> dict[UUID, datetime]:
    """Until when each pseudonym's data is needed for its bookings."""
    until: dict[UUID, datetime] = {}
    codes = RedemptionCode.objects.filter(grant__in=list(bookings))
    for participant_id, expires_at in codes.values_list("participant_id", "expires_at"):
        until[participant_id] = max(until.get(participant_id, expires_at), expires_at + AFTERCARE)
    return until


def _cancelled(actor: Actor, grant: Grant, *, now: datetime) -> Appointment | None:
    """The visit that is no more. All of them end before the first text is written, which locks the day's
    tally: nobody waits for a time of a branch with it.
    """
    visit = (
        Appointment.objects.filter(grant=grant, state=Appointment.State.BOOKED)
        .select_related("slot__branch")
        .first()
    )
    cancel_booking(actor=actor, grant_id=grant.id, now=now)
    return visit


def _tell_customer(actor: Actor, grant: Grant, visit: Appointment | None, *, now: datetime) -> None:
    when = spoken_moment(visit.slot.starts_at) if visit else ""
    where = visit.slot.branch.name if visit else ""
    write_text(
        actor=actor,
        participant_id=grant.participant_id,
        campaign_id=grant.campaign_id,
        kind="cancelled",
        phone=phone_of(grant.participant),
        body=(
            f"【{institution_of(current_institution()).name}】您已撤回同意，“{grant.benefit.title}”的预约（{when}，"
            f"{where}）已取消，时段已释放，核销码已停用。"
        ),
        useless_after=now + LAST_WORD,
        now=now,
    )
