"""A number is nobody's toy: who is texted, and how often, does not depend on who asks (F20, security 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.errors import TooMany
from privacy.models import Participant, PhoneCode
from privacy.queries import same_person
from privacy.usecases import forget_me, request_phone_code, verify_phone
from privacy.usecases.phones import MOST_PER_NUMBER, NumberProven
from tests.cast import NOON
from tests.privacy.people import (
    PHONE,
    a_notice,
    a_participant,
    a_verified_participant,
    consent,
    refused,
    texted_code,
)

pytestmark = pytest.mark.django_db

OTHER = "13900139000"


def test_forgetting_does_not_let_a_stranger_text_a_number_without_end(at_bank, officer):
    notice = a_notice(officer)
    for turn in range(MOST_PER_NUMBER):
        stranger, now = a_participant(), NOON + timedelta(minutes=2 * turn)
        consent(stranger, notice)
        request_phone_code(actor=stranger, phone=PHONE, now=now)
        forget_me(actor=stranger, now=now)
    stranger = a_participant()
    consent(stranger, notice)

    with refused(TooMany):
        request_phone_code(actor=stranger, phone=PHONE, now=NOON + timedelta(hours=1))


def test_nor_does_it_shorten_the_wait_between_two_texts(at_bank, officer):
    notice = a_notice(officer)
    first, second = a_participant(), a_participant()
    consent(first, notice)
    consent(second, notice)
    request_phone_code(actor=first, phone=PHONE, now=NOON)
    forget_me(actor=first, now=NOON)

    with refused(TooMany):
        request_phone_code(actor=second, phone=PHONE, now=NOON + timedelta(seconds=5))


def test_of_the_one_who_proved_the_number_nothing_is_counted_any_more(at_bank, officer):
    person = a_verified_participant(officer)

    forget_me(actor=person, now=NOON)

    assert not PhoneCode.objects.filter(phone_index__isnull=False).exists()


def test_a_proven_number_is_not_swapped_for_another(at_bank, officer):
    """Who could swap would book as a new person under the number they let go of."""
    person = a_verified_participant(officer)

    with refused(NumberProven):
        request_phone_code(actor=person, phone=OTHER, now=NOON + timedelta(hours=1))


def test_proving_the_same_number_again_changes_nobody(at_bank, officer):
    person = a_verified_participant(officer)
    before = Participant.of(person.id).person_id

    request_phone_code(actor=person, phone=PHONE, now=NOON + timedelta(hours=1))
    verify_phone(actor=person, code=texted_code(person), now=NOON + timedelta(hours=1))

    assert Participant.of(person.id).person_id == before
    assert same_person(person.id)
