"""F26: what nobody may keep any longer is destroyed, with a certificate; what must be kept is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.actor import SYSTEM
from kernel.errors import Denied
from kernel.timekeeping import end_of_day, local_day
from ledger.models import Entry
from privacy.models import Consent, Participant, PhoneCode
from privacy.usecases import (
    end_kept_booking,
    forget_participant,
    hold_participant,
    keep_longer,
    release_participant,
    request_phone_code,
    sweep_retention,
    withdraw_consent,
)
from privacy.usecases.forgetting import OnLegalHold
from rewards.models import Grant
from tests.cast import NOON
from tests.privacy.people import PHONE, a_notice, a_participant, a_verified_participant, consent, refused
from tests.rewards.visits import a_booking

pytestmark = pytest.mark.django_db
TERM = timedelta(days=90)


def test_after_the_term_the_values_are_unreadable_and_the_counters_stand(at_bank, officer):
    participant = a_verified_participant(officer)

    over = end_of_day(local_day(NOON + TERM))
    assert sweep_retention(actor=SYSTEM, now=over - timedelta(seconds=1)) is None
    certificate = sweep_retention(actor=SYSTEM, now=over)
    assert sweep_retention(actor=SYSTEM, now=over) is None

    row = Participant.of(participant.id)
    assert (row.state, row.phone, row.wrapped_key, row.phone_index) == ("forgotten", None, None, None)
    assert (certificate.reason, certificate.emptied["phones"]) == ("retention", 1)
    assert Consent.objects.count() == 1
    assert Entry.objects.filter(verb="privacy.phone_verified").count() == 1
    assert Entry.objects.filter(verb="privacy.forgotten", subject_id=participant.id).count() == 1


def test_a_booked_service_keeps_the_data_until_it_is_over(at_bank, officer, administrator):
    participant, booking = a_booking(officer, administrator)
    until = Participant.of(participant.id).keep_until

    assert until >= NOON + timedelta(days=60 + 30)
    assert sweep_retention(actor=SYSTEM, now=until - timedelta(seconds=1)) is None
    assert Grant.of(booking.grant.id).state == "booked"


def test_withdrawal_of_the_last_consent_ends_the_term_at_once(at_bank, officer):
    participant = a_verified_participant(officer)
    withdraw_consent(actor=participant, purpose="booking", now=NOON)

    certificate = sweep_retention(actor=SYSTEM, now=NOON)

    assert certificate.participants == [str(participant.id)]


def test_what_was_kept_for_a_booking_alone_is_let_go_when_it_is_cancelled(at_bank, officer):
    agreeing, withdrawn = (
        a_verified_participant(officer),
        a_verified_participant(officer, phone="13900139000"),
    )
    needed = {withdrawn.id: NOON + 2 * TERM}
    withdraw_consent(actor=withdrawn, purpose="booking", outcome="kept", needed=needed, now=NOON)

    for each in (agreeing, withdrawn):
        end_kept_booking(actor=each, participant_id=each.id, now=NOON)

    certificate = sweep_retention(actor=SYSTEM, now=NOON + timedelta(hours=1))
    assert certificate.participants == [str(withdrawn.id)]


def test_a_legal_hold_stops_every_deletion_until_released(at_bank, officer):
    participant = a_verified_participant(officer)
    hold_participant(actor=officer, participant_id=participant.id, reason="投诉 2026-11", now=NOON)

    assert sweep_retention(actor=SYSTEM, now=NOON + 2 * TERM) is None
    with refused(OnLegalHold):
        forget_participant(actor=officer, participant_id=participant.id, now=NOON)

    release_participant(actor=officer, participant_id=participant.id, now=NOON)
    assert sweep_retention(actor=SYSTEM, now=NOON + 2 * TERM) is not None


def test_only_who_handles_privacy_requests_forgets_someone(at_bank, officer, marketer):
    participant = a_verified_participant(officer)

    with refused(Denied):
        forget_participant(actor=marketer, participant_id=participant.id, now=NOON)


def test_old_one_time_codes_are_emptied(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)

    sweep_retention(actor=SYSTEM, now=NOON + timedelta(minutes=11))

    assert not PhoneCode.objects.filter(phone__isnull=False).exists()


def test_what_counted_the_codes_of_a_number_is_gone_after_a_day(at_bank, officer):
    a_verified_participant(officer)

    sweep_retention(actor=SYSTEM, now=NOON + timedelta(hours=23))
    kept = PhoneCode.objects.filter(phone_index__isnull=False).count()
    sweep_retention(actor=SYSTEM, now=NOON + timedelta(days=1))

    assert kept == 1
    assert not PhoneCode.objects.filter(phone_index__isnull=False).exists()


def test_visitors_without_anything_personal_are_left_alone(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))

    assert sweep_retention(actor=SYSTEM, now=NOON + 2 * TERM) is None
    assert Participant.of(participant.id).state == "pseudonymous"


def test_a_term_is_made_longer_by_a_service_and_never_shorter(at_bank, officer):
    participant = a_verified_participant(officer)
    until = Participant.of(participant.id).keep_until

    keep_longer(actor=participant, participant_id=participant.id, until=until - timedelta(days=1), now=NOON)
    shorter = Participant.of(participant.id).keep_until
    keep_longer(actor=participant, participant_id=participant.id, until=until + timedelta(days=1), now=NOON)

    assert (shorter, Participant.of(participant.id).keep_until) == (until, until + timedelta(days=1))
