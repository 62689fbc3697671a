"""A masked number stays masked: a guess, by search or at the counter, is recorded, rationed, slowed, told.

A masked 199****4321 once fell in three minutes: the privacy page and the counter answered every guess.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from kernel.errors import Denied
from kernel.timekeeping import start_of_day
from ledger.models import Entry
from privacy.models import RevealAllowance
from privacy.usecases import compare_number, find_participants, reveal_field
from privacy.usecases.allowance import LONGEST_WAIT, TOLD_AT, LookupTooSoon, RevealQuotaSpent
from privacy.usecases.lookups import MISMATCHES_PER_PERSON, NoMoreComparing
from rewards.usecases import find_by_code, inspect_code, redeem_code
from tenancy.models import StaffNotice
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in
from tests.privacy.people import refused
from tests.rewards.visits import a_booking
from tests.walk import only_excused, python_files, short, tree

pytestmark = pytest.mark.django_db

NUMBER = "19912344321"
MORNING = start_of_day(NOON.date())
CANDIDATES = 10_000  # what a masked 199****4321 leaves open


@pytest.fixture
def booked(at_bank, officer, administrator):
    """A customer whose number shows as 199****4321, and the code of their booking."""
    return a_booking(officer, administrator, phone=NUMBER)


def walk() -> Iterator[str]:
    """The numbers behind the mask in order, the right one left out: luck is no method."""
    return (f"199{middle:04}4321" for middle in range(CANDIDATES) if middle != 1234)


def guesses_of_a_day(guess: Callable[[str, datetime], object], *, every: timedelta) -> int:
    """How many guesses were answered within one day, one tried at each interval."""
    numbers, answered, now = walk(), 0, MORNING
    while now < MORNING + ONE_DAY:
        try:
            guess(next(numbers), now)
            answered += 1
        except (RevealQuotaSpent, LookupTooSoon, NoMoreComparing):
            pass
        now += every
    return answered


def test_an_officer_has_thirty_guesses_a_day_on_the_privacy_page(booked, officer):
    count = guesses_of_a_day(
        lambda number, now: find_participants(actor=officer, phone=number, now=now),
        every=timedelta(minutes=4),
    )

    assert count == settings.REVEALS_PER_DAY == 30
    assert CANDIDATES / count > 300, "days until the number would have been walked"


def test_the_counter_stops_after_a_few_wrong_numbers_for_one_customer(booked, clerk):
    code = booked[1].code
    by_looking = guesses_of_a_day(
        lambda number, now: inspect_code(actor=clerk, code=code, phone=number, now=now),
        every=timedelta(minutes=20),
    )

    assert by_looking == MISMATCHES_PER_PERSON
    with refused(NoMoreComparing):
        redeem_code(actor=clerk, code=code, phone="19900004321", now=MORNING + timedelta(hours=23))
    with refused(NoMoreComparing):  # nor can a colleague go on where this one had to stop
        other = make_staff("zhao.fu", "service").actor
        inspect_code(actor=other, code=code, phone="19900014321", now=MORNING + timedelta(hours=23))


def test_many_codes_are_no_way_around(at_bank, officer, administrator, clerk):
    codes = [  # a colleague's whole day, spread over customers
        a_booking(officer, administrator, phone=f"199000{each:05}", at=NOON + timedelta(hours=1 + each))[
            1
        ].code
        for each in range(8)
    ]
    turn = iter(codes * CANDIDATES)

    count = guesses_of_a_day(
        lambda number, now: inspect_code(actor=clerk, code=next(turn), phone=number, now=now),
        every=timedelta(minutes=10),
    )

    assert count <= settings.REVEALS_PER_DAY


def test_guesses_slow_down(booked, officer):
    """What a script does in three minutes."""
    numbers, answered = walk(), 0
    for second in range(180):
        try:
            find_participants(actor=officer, phone=next(numbers), now=NOON + timedelta(seconds=second))
            answered += 1
        except LookupTooSoon:
            pass

    assert answered <= 8
    with refused(LookupTooSoon):
        find_participants(actor=officer, phone=NUMBER, now=NOON + timedelta(seconds=181))
    assert find_participants(actor=officer, phone=NUMBER, now=NOON + timedelta(seconds=181) + LONGEST_WAIT)


def test_guesses_and_readings_share_one_allowance(booked, officer, settings):
    settings.REVEALS_PER_DAY = 3
    person = booked[0].id
    wish = {"participant_id": person, "field": "name", "purpose": "complaint"}

    find_participants(actor=officer, phone=NUMBER, now=NOON)
    reveal_field(actor=officer, **wish, now=NOON)
    find_participants(actor=officer, phone="19900004321", now=NOON)

    with refused(RevealQuotaSpent):
        reveal_field(actor=officer, **wish, now=NOON)
    with refused(RevealQuotaSpent):
        find_participants(actor=officer, phone=NUMBER, now=NOON)


def test_every_guess_is_a_ledger_row_without_the_number(booked, officer, clerk):
    find_participants(actor=officer, phone=NUMBER, now=NOON)
    inspect_code(actor=clerk, code=booked[1].code, phone="19900004321", now=NOON)
    redeem_code(actor=clerk, code=booked[1].code, phone="4322", now=NOON)

    rows = Entry.objects.filter(verb__in=["privacy.searched", "privacy.number_compared"])
    told = " ".join(str(each) for each in rows.values_list("verb", "data", "subject_id"))
    assert sorted(rows.values_list("verb", "actor_id")) == sorted(
        [("privacy.searched", officer.id), *[("privacy.number_compared", clerk.id)] * 2]
    )
    assert not any(digits in told for digits in (NUMBER, "4321", "4322", "19900004321"))


def test_colleagues_are_told_while_it_happens(booked, officer, auditor, administrator):
    numbers = walk()
    for guess in range(TOLD_AT):
        find_participants(actor=officer, phone=next(numbers), now=MORNING + guess * LONGEST_WAIT)

    told = set(
        StaffNotice.objects.filter(kind="privacy.allowance_alert").values_list("recipient_id", flat=True)
    )
    assert {auditor.id, administrator.id} <= told
    assert officer.id not in told
    assert Entry.objects.filter(verb="privacy.allowance_alert", actor_id=officer.id).count() == 1
    page = signed_in(auditor).get(reverse("tenancy:notices")).content.decode()
    assert "周衡 今天查找或查看个人信息的次数异常" in page


def test_a_right_number_costs_nothing_at_the_counter(at_bank, officer, administrator, clerk):
    """Who serves customers all day is not held up by what fits."""
    code = a_booking(officer, administrator, phone=NUMBER)[1].code
    for _again in range(40):
        assert inspect_code(actor=clerk, code=code, phone=NUMBER, now=NOON).outcome == "ready"

    assert RevealAllowance.objects.get(staff_id=clerk.id).used == 0


def test_whoever_looks_after_services_leaves_a_row_and_is_told_no_number(booked, administrator):
    found = find_by_code(actor=administrator, code=booked[1].code, now=NOON)

    assert (found.outcome, found.person.phone) == ("ready", "199****4321")
    assert Entry.objects.filter(verb="rewards.code_looked_up", actor_id=administrator.id).count() == 1


def test_whoever_serves_nobody_compares_no_number(booked, officer, marketer):
    for actor in (officer, marketer):
        with refused(Denied):
            compare_number(actor=actor, participant_id=booked[0].id, typed=NUMBER, now=NOON)


def test_both_pages_say_why_and_answer_nothing_more(booked, officer, clerk, settings):
    settings.REVEALS_PER_DAY = 1
    desk, counter = signed_in(officer), signed_in(clerk)
    looked = {"code": booked[1].code, "phone": "19900004321"}

    answers = [
        [desk.post(reverse("privacy:overview"), {"phone": NUMBER}) for _twice in range(2)][1],
        [counter.post(reverse("rewards:redeem"), looked) for _twice in range(2)][1],
    ]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert all("次数（1 次）已用完" in answer.content.decode() for answer in answers)
    assert "199 **** 4321" not in answers[0].content.decode()


def test_nobody_searches_by_number_beside_the_mechanism():
    """Whatever reads a typed number, or finds people by one, is named here with what rations it."""
    searching = {"participants_of_phone", "index_candidates", "phone_of"}
    callers = {
        f"{short(path)}:{name}": node.lineno
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute)
        and (name := getattr(node, "attr", getattr(node, "id", ""))) in searching
    }

    only_excused(callers, SEARCHES)


OWN = "the participant's own number, after a one-time code"
SEARCHES = {
    "privacy/queries.py:index_candidates": "asked by find_participants, and by the phone for its own code",
    "privacy/usecases/lookups.py:participants_of_phone": "the mechanism",
    "privacy/usecases/lookups.py:phone_of": "the mechanism",
    "privacy/usecases/phones.py:phone_of": OWN,
    "privacy/customers.py:phone_of": "new or existing, for a number proven by its owner",
    "privacy/queries.py:phone_of": "masked at once",
    "privacy/usecases/reveals.py:phone_of": "the mechanism",
    "rewards/lookup.py:index_candidates": "a redemption code, no personal data",
    "rewards/usecases/bookings.py:phone_of": "a text to its owner",
    "rewards/usecases/ends.py:phone_of": "a text to its owner",
    "rewards/usecases/withdrawals.py:phone_of": "a text to its owner",
}
