"""F13, F20, F25: a service is booked by a proven person, for a time that has a seat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.actor import SYSTEM
from kernel.errors import Denied, NotFound
from kernel.lifecycle import IllegalTransition
from privacy.errors import ConsentMissing, PhoneNotVerified
from privacy.models import OutboundText, Participant, Reveal
from privacy.usecases import forget_me, withdraw_consent
from privacy.usecases.allowance import RevealQuotaSpent
from privacy.usecases.reveals import PurposeMissing, reveal_booked_field, reveal_field
from rewards.free_times import FreeTimes, free_times
from rewards.models import Appointment, Grant, Slot
from rewards.queries import appointments_within, my_benefits, visit_lines
from rewards.usecases import (
    book_grant,
    cancel_booking,
    mark_missed,
    redeem_code,
    release_forgotten,
    reveal_for_appointment,
    take_appointment,
)
from rewards.usecases.bookings import AlreadyEarned, BookingOver, NeedUnknown, SlotGone
from tests.cast import NOON, make_staff
from tests.privacy.people import a_notice, a_participant, a_verified_participant, consent, refused
from tests.rewards.visits import a_benefit, a_booking, a_grant, a_slot

pytestmark = pytest.mark.django_db


def test_a_booking_gives_a_code_that_its_owner_finds_again(at_bank, officer, administrator):
    participant, booking = a_booking(officer, administrator)

    [mine] = my_benefits(participant.id)

    assert mine.code.replace("-", "") == booking.code
    assert (mine.state, mine.branch, mine.need) == ("booked", "城东支行", "理财")
    assert booking.code not in repr(booking) + repr(mine)
    assert OutboundText.objects.filter(kind="booking").count() == 1


def test_another_visitor_sees_and_books_nothing_of_it(at_bank, officer, administrator):
    _, booking = a_booking(officer, administrator)
    stranger = a_verified_participant(officer, phone="13900139000")

    assert my_benefits(stranger.id) == []
    with refused(NotFound):
        cancel_booking(actor=stranger, grant_id=booking.grant.id, now=NOON)


def test_a_pseudonym_cannot_book(at_bank, officer, administrator):
    participant = a_participant()
    consent(participant, a_notice(officer))
    grant, slot = a_grant(participant, a_benefit(administrator)), a_slot(administrator)

    with refused(PhoneNotVerified):
        book_grant(
            actor=participant, grant_id=grant.id, name="张三", need="wealth", slot_id=slot.id, now=NOON
        )

    slot.refresh_from_db()
    assert slot.taken == 0


def test_without_live_consent_nothing_is_booked(at_bank, officer, administrator):
    """F21."""
    participant = a_verified_participant(officer)
    withdraw_consent(actor=participant, purpose="booking", now=NOON)
    grant, slot = a_grant(participant, a_benefit(administrator)), a_slot(administrator)

    with refused(ConsentMissing):
        book_grant(
            actor=participant, grant_id=grant.id, name="张三", need="wealth", slot_id=slot.id, now=NOON
        )


def test_needs_times_and_deadlines_are_checked(at_bank, officer, administrator):
    participant = a_verified_participant(officer)
    grant, slot = a_grant(participant, a_benefit(administrator)), a_slot(administrator)
    wish = {"actor": participant, "grant_id": grant.id, "name": "张三", "slot_id": slot.id}

    with refused(NeedUnknown):
        book_grant(**wish, need="股票", now=NOON)
    with refused(SlotGone):
        book_grant(**wish, need="wealth", now=slot.starts_at)
    with refused(BookingOver):
        book_grant(**wish, need="wealth", now=grant.book_before)


def test_a_full_time_is_refused_and_the_database_holds_the_capacity(at_bank, officer, administrator):
    benefit, slot = a_benefit(administrator), a_slot(administrator, capacity=1)
    first = a_verified_participant(officer)
    second = a_verified_participant(officer, phone="13900139000")
    book_grant(
        actor=first,
        grant_id=a_grant(first, benefit).id,
        name="张三",
        need="wealth",
        slot_id=slot.id,
        now=NOON,
    )

    with refused(SlotGone):
        book_grant(
            actor=second, grant_id=a_grant(second, benefit).id, name="李四", need="wealth", slot_id=slot.id,
            now=NOON,
        )  # fmt: skip

    assert free_times(benefit.id, now=NOON, limit=12) == FreeTimes([])
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.id).update(taken=2)


def test_a_booking_is_not_made_twice(at_bank, officer, administrator):
    participant, booking = a_booking(officer, administrator)
    slot = booking.appointment.slot

    with refused(IllegalTransition):
        book_grant(
            actor=participant,
            grant_id=booking.grant.id,
            name="张三",
            need="wealth",
            slot_id=slot.id,
            now=NOON,
        )


def test_one_person_with_two_browsers_earns_it_once(at_bank, officer, administrator):
    benefit = a_benefit(administrator)
    a_booking(officer, administrator, benefit=benefit)
    again = a_verified_participant(officer, at=NOON + timedelta(minutes=5))
    grant, slot = a_grant(again, benefit), a_slot(administrator, capacity=5)

    with refused(AlreadyEarned):
        book_grant(actor=again, grant_id=grant.id, name="张三", need="wealth", slot_id=slot.id, now=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.id).update(person_id=Participant.of(again.id).person_id)


def test_a_cancelled_time_is_free_again_and_can_be_booked_anew(at_bank, officer, administrator, clerk):
    participant, booking = a_booking(officer, administrator)
    cancel_booking(actor=participant, grant_id=booking.grant.id, now=NOON)
    slot = Slot.of(booking.appointment.slot_id)

    assert slot.taken == 0
    assert redeem_code(actor=clerk, code=booking.code, now=NOON).outcome == "not_booked"

    second = book_grant(
        actor=participant, grant_id=booking.grant.id, name="张三丰", need="deposit", slot_id=slot.id, now=NOON
    )
    assert second.code == booking.code
    assert redeem_code(actor=clerk, code=second.code, now=NOON).outcome == "redeemed"


def test_a_grant_earned_before_the_number_was_known_can_be_booked_after(at_bank, officer, administrator):
    benefit, slot = a_benefit(administrator), a_slot(administrator)
    first = a_verified_participant(officer)
    grant = a_grant(first, benefit)
    later = a_verified_participant(officer, at=NOON + timedelta(minutes=5))

    booking = book_grant(
        actor=later, grant_id=grant.id, name="张三", need="wealth", slot_id=slot.id, now=NOON
    )

    assert my_benefits(first.id)[0].code.replace("-", "") == booking.code


def test_only_the_colleague_who_took_the_visit_reads_the_number(at_bank, officer, administrator, clerk):
    """F25, F53."""
    participant, booking = a_booking(officer, administrator)
    colleague = make_staff("sun.er", "service").actor
    visit = booking.appointment.id

    with refused(Denied):
        reveal_for_appointment(actor=clerk, appointment_id=visit, field="phone", purpose="service", now=NOON)
    take_appointment(actor=clerk, appointment_id=visit, now=NOON)
    with refused(NotFound):
        take_appointment(actor=colleague, appointment_id=visit, now=NOON)
    with refused(Denied):
        reveal_for_appointment(
            actor=colleague, appointment_id=visit, field="phone", purpose="service", now=NOON
        )
    with refused(Denied):
        reveal_field(actor=clerk, participant_id=participant.id, field="phone", purpose="service", now=NOON)
    with refused(PurposeMissing):
        reveal_for_appointment(actor=clerk, appointment_id=visit, field="phone", purpose="", now=NOON)

    plain = reveal_for_appointment(
        actor=clerk, appointment_id=visit, field="phone", purpose="service", now=NOON
    )

    assert plain == "13800138000"
    [line] = Reveal.objects.all()
    assert (line.staff_id, line.field, line.booking_id) == (clerk.id, "phone", visit)


def test_the_daily_quota_of_readings_holds_and_starts_anew_at_midnight(
    at_bank, officer, administrator, settings
):
    """F53."""
    settings.REVEALS_PER_DAY = 2
    participant, _ = a_booking(officer, administrator)
    ask = {"actor": officer, "participant_id": participant.id, "field": "name", "purpose": "inspection"}
    reveal_field(**ask, now=NOON)
    reveal_field(**ask, now=NOON)

    with refused(RevealQuotaSpent):
        reveal_field(**ask, now=NOON + timedelta(hours=11, minutes=59))

    assert reveal_field(**ask, now=NOON + timedelta(hours=12)) == "张三丰"


@pytest.mark.parametrize(
    "role", ["marketer", "creative", "legal", "auditor", "administrator", "consumer_protection"]
)
def test_other_posts_read_nothing_in_clear(at_bank, officer, administrator, role):
    """F25."""
    participant, booking = a_booking(officer, administrator)
    someone = make_staff("some.one", role).actor

    with refused(Denied):
        reveal_field(actor=someone, participant_id=participant.id, field="name", purpose="service", now=NOON)
    with refused(Denied):
        reveal_for_appointment(
            actor=someone, appointment_id=booking.appointment.id, field="name", purpose="service", now=NOON
        )


def test_a_forgotten_customer_frees_the_time_and_ends_the_code(at_bank, officer, administrator, clerk):
    participant, booking = a_booking(officer, administrator)
    forget_me(actor=participant, now=NOON)

    assert release_forgotten(actor=SYSTEM, now=NOON) == 1

    assert Slot.of(booking.appointment.slot_id).taken == 0
    answer = redeem_code(actor=clerk, code=booking.code, now=NOON)
    assert (answer.outcome, answer.person.phone) == ("revoked", "")


def test_the_list_of_visits_is_masked_and_in_order(at_bank, officer, administrator):
    a_booking(officer, administrator)

    [line] = visit_lines(appointments_within(since=NOON, until=NOON + timedelta(days=7)))

    assert (line.person.name, line.person.phone) == ("张**", "138****8000")
    assert Appointment.objects.count() == 1


def test_a_visit_that_did_not_happen_is_marked_and_can_be_booked_again(
    at_bank, officer, administrator, clerk
):
    participant, booking = a_booking(officer, administrator)
    visit = booking.appointment
    take_appointment(actor=clerk, appointment_id=visit.id, now=NOON)

    with refused(NotFound):
        mark_missed(actor=clerk, appointment_id=visit.id, now=visit.slot.starts_at)
    marked = mark_missed(actor=clerk, appointment_id=visit.id, now=visit.slot.ends_at)

    assert marked.state == "missed"
    assert my_benefits(participant.id)[0].state == "granted"
    assert Slot.of(visit.slot_id).taken == 1


def test_the_reading_of_a_booking_is_written_with_the_booking(at_bank, officer, administrator, clerk):
    """`reveal_booked_field` itself asks no question about the booking: `rewards` asks it before."""
    participant, booking = a_booking(officer, administrator)

    plain = reveal_booked_field(
        actor=clerk, participant_id=participant.id, field="name", purpose="verify",
        booking_id=booking.appointment.id, now=NOON,
    )  # fmt: skip

    assert plain == "张三丰"
    assert Reveal.objects.get().booking_id == booking.appointment.id
