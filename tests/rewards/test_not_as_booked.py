"""F13, F25: a code shown at another branch or time than booked is never redeemed without a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from ledger.models import Entry
from rewards.models import Appointment, RedemptionCode, Slot
from rewards.queries import appointments_within, visit_lines
from rewards.usecases import inspect_code, redeem_code
from tenancy.models import Branch, Staff
from tests.cast import NOON
from tests.desk import signed_in
from tests.rewards.visits import a_booking

pytestmark = pytest.mark.django_db

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def booking(at_bank, officer, administrator):
    return a_booking(officer, administrator, at=TOMORROW)[1]


def visit_tomorrow():
    [visit] = visit_lines(
        appointments_within(since=TOMORROW - timedelta(hours=2), until=TOMORROW + timedelta(hours=2))
    )
    return visit


def elsewhere(clerk):
    branch = Branch.objects.create(name="城西支行", city="杭州", address="文一路 2 号")
    Staff.objects.filter(pk=clerk.id).update(branch=branch)


@pytest.mark.parametrize(
    ("at", "differences"),
    [
        (TOMORROW - timedelta(hours=10), ("early",)),
        (TOMORROW - timedelta(hours=2, seconds=1), ("early",)),
        (TOMORROW - timedelta(hours=2), ()),
        (TOMORROW + timedelta(minutes=30, hours=2), ()),
        (TOMORROW + timedelta(minutes=30, hours=2, seconds=1), ("late",)),
    ],
)
def test_a_code_is_offered_as_booked_from_two_hours_before_to_two_hours_after(
    booking, clerk, at, differences
):
    looked = inspect_code(actor=clerk, code=booking.code, now=at)

    assert looked.differences == differences
    assert looked.outcome == ("not_as_booked" if differences else "ready")


def test_another_branch_ten_hours_early_is_not_redeemed_without_a_word(booking, clerk):
    elsewhere(clerk)

    answer = redeem_code(actor=clerk, code=booking.code, now=TOMORROW - timedelta(hours=10))

    assert (answer.outcome, answer.differences) == ("not_as_booked", ("other_branch", "early"))
    assert RedemptionCode.objects.get().state == "live"
    assert (
        Entry.objects.filter(verb="rewards.redemption_refused").latest("id").data["reason"] == "not_as_booked"
    )


def test_a_visit_served_today_is_not_shown_as_kept_tomorrow_and_gives_its_seat_back(booking, clerk):
    elsewhere(clerk)

    answer = redeem_code(actor=clerk, code=booking.code, agreed=True, now=NOON)

    visit = visit_tomorrow()
    assert answer.outcome == "redeemed"
    assert (visit.state, visit.state_label) == ("early", "已提前办理")
    assert (visit.served_at, visit.served_branch) == (NOON, "城西支行")
    assert Slot.objects.get().taken == 0
    written = Entry.objects.filter(verb="rewards.redeemed").latest("id").data
    assert written["differences"] == ["other_branch", "early"]


def test_a_visit_served_at_its_time_is_kept_and_its_seat_stays_used(booking, clerk):
    redeem_code(actor=clerk, code=booking.code, now=TOMORROW)

    visit = visit_tomorrow()
    assert (visit.state, visit.served_at) == (Appointment.State.KEPT, None)
    assert Slot.objects.get().taken == 1


def test_the_counter_says_what_differs_and_redeems_only_when_the_customer_agrees(booking, clerk):
    elsewhere(clerk)
    desk, page = signed_in(clerk), reverse("rewards:redeem")
    Slot.objects.update(starts_at=NOON + timedelta(days=400), ends_at=NOON + timedelta(days=401))

    looked = desk.post(page, {"code": booking.code}).content.decode()
    slipped = desk.post(page, {"code": booking.code, "step": "redeem"}).content.decode()
    agreed = desk.post(page, {"code": booking.code, "step": "redeem", "agreed": "yes"}).content.decode()

    assert 'data-outcome="not_as_booked"' in looked
    assert "预约的是另一个网点" in looked
    assert "还没到预约的时间" in looked
    assert 'data-outcome="not_as_booked"' in slipped
    assert 'data-outcome="redeemed"' in agreed
