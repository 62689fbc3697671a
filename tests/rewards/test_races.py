"""F11, F13: two hundred at once, and still once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from kernel.actor import SYSTEM
from kernel.lifecycle import IllegalTransition
from kernel.scope import scope
from ledger.models import Entry
from privacy.models import OutboundText
from privacy.usecases import claim_text
from rewards.models import Grant, RedemptionCode, Slot
from rewards.usecases import book_grant, redeem_code, revoke_grant
from rewards.usecases.bookings import AlreadyEarned, SlotGone
from tests.cast import NOON, make_staff
from tests.privacy.people import a_participant, a_verified_participant
from tests.rewards.visits import a_benefit, a_booking, a_grant, a_slot

pytestmark = pytest.mark.slow

CROWD = 200


def at_once(institution_id: UUID, deed: Callable[[int], Any], times: int = CROWD) -> list[Any]:
    """The deed from many threads, each with a connection of its own; refusals come back as their names."""

    def one(number: int) -> Any:
        try:
            with scope(institution_id):
                return deed(number)
        except (SlotGone, AlreadyEarned, IllegalTransition) as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(
        max_workers=8
    ) as crowd:  # more would wait for a lock past its limit on a busy machine
        return list(crowd.map(one, range(times)))


def test_two_hundred_finishes_grant_one_service(committed_db, at_bank, administrator):
    participant, benefit = a_participant(), a_benefit(administrator)

    grants = at_once(at_bank, lambda _: a_grant(participant, benefit).id)

    assert len(set(grants)) == Grant.objects.count() == 1
    assert Entry.objects.filter(verb="rewards.granted").count() == 1


def test_two_hundred_redemptions_of_one_code_succeed_once(committed_db, at_bank, officer, administrator):
    _, booking = a_booking(officer, administrator)
    desks = [make_staff(f"desk.{number}", "service").actor for number in range(8)]

    outcomes = Counter(
        at_once(at_bank, lambda n: redeem_code(actor=desks[n % 8], code=booking.code, now=NOON).outcome)
    )

    assert outcomes == {"redeemed": 1, "already_used": CROWD - 1}
    assert RedemptionCode.objects.get().redeemed_by is not None
    assert Entry.objects.filter(verb="rewards.redeemed").count() == 1


def test_a_time_with_three_seats_takes_three_of_twenty(committed_db, at_bank, officer, administrator):
    benefit, slot = a_benefit(administrator), a_slot(administrator, capacity=3)
    people = [a_verified_participant(officer, phone=f"1380013{number:04d}") for number in range(20)]
    grants = [a_grant(person, benefit) for person in people]

    def book(number: int) -> str:
        book_grant(
            actor=people[number], grant_id=grants[number].id, name="张三", need="wealth", slot_id=slot.id,
            now=NOON,
        )  # fmt: skip
        return "booked"

    outcomes = Counter(at_once(at_bank, book, times=20))

    assert outcomes == {"booked": 3, "slot_gone": 17}
    assert Slot.of(slot.id).taken == 3
    assert OutboundText.objects.filter(kind="booking").count() == 3


def test_one_person_booking_from_two_browsers_at_once_books_once(
    committed_db, at_bank, officer, administrator
):
    benefit, slot = a_benefit(administrator), a_slot(administrator, capacity=9)
    visits = [a_verified_participant(officer, at=NOON + timedelta(minutes=2 * n)) for n in range(5)]
    grants = [a_grant(visit, benefit) for visit in visits]

    def book(number: int) -> str:
        book_grant(
            actor=visits[number], grant_id=grants[number].id, name="张三", need="wealth", slot_id=slot.id,
            now=NOON,
        )  # fmt: skip
        return "booked"

    outcomes = Counter(at_once(at_bank, book, times=len(visits)))

    assert outcomes == {"booked": 1, "already_earned": len(visits) - 1}
    assert Slot.of(slot.id).taken == 1


def test_a_text_is_claimed_by_one_worker(committed_db, at_bank, officer):
    a_verified_participant(officer)
    text = OutboundText.objects.get()

    claims = at_once(at_bank, lambda _: claim_text(actor=SYSTEM, text_id=text.id, now=NOON), times=50)

    assert sum(claim is not None for claim in claims) == 1


def test_revoking_and_redeeming_at_once_ends_one_way_without_a_deadlock(
    committed_db, at_bank, officer, administrator
):
    desk = make_staff("desk.one", "service").actor
    bookings = [a_booking(officer, administrator, phone=f"1380013{n:04d}")[1] for n in range(5)]

    def deed(number: int) -> str:
        booking = bookings[number // 2]
        if number % 2:
            return str(redeem_code(actor=desk, code=booking.code, now=NOON).outcome)
        return revoke_grant(actor=administrator, grant_id=booking.grant.id, reason="mistake", now=NOON).state

    outcomes = at_once(at_bank, deed, times=2 * len(bookings))

    pairs = {tuple(sorted(outcomes[at : at + 2])) for at in range(0, len(outcomes), 2)}
    assert pairs <= {("revoked", "revoked"), ("illegal_transition", "redeemed")}
    for booking in bookings:
        code, grant = RedemptionCode.objects.get(grant=booking.grant), Grant.of(booking.grant.id)
        assert code.state == grant.state
