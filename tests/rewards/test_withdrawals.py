"""PIPL art. 13, 15, 47: a consent is taken back at any time, and no booking is lost by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.actor import SYSTEM
from ledger.models import Entry
from privacy.models import Consent, OutboundText, Participant
from privacy.usecases import sweep_retention
from rewards.models import Appointment, Grant, RedemptionCode, Slot
from rewards.usecases import cancel_booking, redeem_code, release_forgotten, withdraw_with_bookings
from rewards.usecases.withdrawals import BookingAtStake, BookingChoice
from tests.cast import NOON
from tests.privacy.people import a_verified_participant, refused
from tests.rewards.visits import a_benefit, a_booking, a_grant

pytestmark = pytest.mark.django_db


def take_back(participant, choice=None, now=NOON):
    return withdraw_with_bookings(actor=participant, purpose="booking", choice=choice, now=now)


def test_a_booking_at_stake_is_never_ended_without_a_choice(at_bank, officer, administrator):
    participant, _booking = a_booking(officer, administrator)

    with refused(BookingAtStake):
        take_back(participant)

    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_a_kept_booking_is_performed_without_the_consent(at_bank, officer, administrator, clerk):
    participant, booking = a_booking(officer, administrator)

    receipt = take_back(participant, BookingChoice.KEEP)

    [entry] = Entry.objects.filter(verb="privacy.withdrawn")
    assert (entry.data["receipt"], entry.data["basis"]) == (str(receipt), "contract")
    assert sweep_retention(actor=SYSTEM, now=NOON + timedelta(days=3)) is None
    later = NOON + timedelta(days=3)
    assert redeem_code(actor=clerk, code=booking.code, agreed=True, now=later).outcome == "redeemed"
    over = Participant.of(participant.id).keep_until
    assert sweep_retention(actor=SYSTEM, now=over) is not None, "and forgotten when it is over"


def test_a_kept_booking_that_is_cancelled_keeps_nothing_any_longer(at_bank, officer, administrator):
    participant, booking = a_booking(officer, administrator)
    take_back(participant, BookingChoice.KEEP)

    cancel_booking(actor=participant, grant_id=booking.grant.id, now=NOON)

    assert Entry.objects.filter(verb="privacy.basis_ended").count() == 1
    assert sweep_retention(actor=SYSTEM, now=NOON + timedelta(hours=1)) is not None


def test_a_cancelled_booking_is_cancelled_properly(at_bank, officer, administrator, clerk):
    participant, booking = a_booking(officer, administrator)

    take_back(participant, BookingChoice.CANCEL)

    assert Grant.of(booking.grant.id).state == "granted"
    assert RedemptionCode.objects.get().state == "unbooked"
    assert Appointment.objects.get().state == "cancelled"
    assert Slot.of(booking.appointment.slot_id).taken == 0
    assert OutboundText.objects.filter(kind="cancelled").count() == 1
    assert redeem_code(actor=clerk, code=booking.code, now=NOON).outcome == "not_booked"
    assert not Entry.objects.filter(verb="privacy.basis_ended").exists()

    assert sweep_retention(actor=SYSTEM, now=NOON + timedelta(minutes=59)) is None, "the text goes out first"
    assert sweep_retention(actor=SYSTEM, now=NOON + timedelta(hours=1)) is not None
    assert release_forgotten(actor=SYSTEM, now=NOON + timedelta(hours=1)) == 1
    assert RedemptionCode.objects.get().state == "revoked"


def test_the_consent_ends_under_every_pseudonym_of_the_person(at_bank, officer, administrator):
    a_booking(officer, administrator)
    again = a_verified_participant(officer, at=NOON + timedelta(minutes=5))

    with refused(BookingAtStake):
        take_back(again, now=NOON + timedelta(minutes=6))
    take_back(again, BookingChoice.KEEP, now=NOON + timedelta(minutes=6))

    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert Grant.objects.get().state == "booked"


def test_an_unbooked_service_cannot_be_kept_without_a_booking(at_bank, officer, administrator):
    participant = a_verified_participant(officer)
    a_grant(participant, a_benefit(administrator))

    with refused(BookingAtStake):
        take_back(participant, BookingChoice.KEEP)

    assert take_back(participant, BookingChoice.CANCEL) is not None
    assert take_back(participant, BookingChoice.CANCEL) is None, "a second tap finds nothing to take back"
