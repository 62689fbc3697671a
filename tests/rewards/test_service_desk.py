"""The service desk's pages: F13, F25, F54."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.scope import scope
from kernel.timekeeping import local_day
from privacy.models import Reveal
from rewards.desk import todays_visits
from rewards.models import Benefit, RedemptionCode, Slot
from rewards.queries import catalogue_with_counts
from rewards.usecases import take_appointment
from tenancy.models import Branch
from tests.cast import NOON
from tests.desk import signed_in
from tests.rewards.visits import a_benefit, a_booking

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(at_bank, officer, administrator):
    return a_booking(officer, administrator)[1]


def test_a_code_is_checked_then_redeemed_and_never_stands_in_an_address(booking, clerk):
    desk = signed_in(clerk)
    page = reverse("rewards:redeem")
    Slot.objects.update(starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=1))

    looked = desk.post(page, {"code": booking.code, "phone": "8000"})
    done = desk.post(page, {"code": booking.code, "phone": "8000", "step": "redeem"})
    again = desk.post(page, {"code": booking.code, "step": "redeem"})

    for answer, outcome in ((looked, "ready"), (done, "redeemed"), (again, "already_used")):
        assert answer.status_code == 200
        assert f'data-outcome="{outcome}"' in answer.content.decode()
        assert "138 **** 8000" in answer.content.decode()
        assert "13800138000" not in answer.content.decode()
    assert booking.code not in done.content.decode()
    assert done.headers["Cache-Control"] == "no-store"


def test_appointments_page_on_and_none_is_left_out(at_bank, officer, administrator, clerk, monkeypatch):
    """Issue 8, 43: the list stopped at two hundred of 34,015 without a word, and so did the card."""
    for number in range(3):
        a_booking(officer, administrator, phone=f"1380013800{number}", at=NOON + timedelta(hours=1 + number))
    monkeypatch.setattr("rewards.views.PER_PAGE", 2)
    monkeypatch.setattr("rewards.desk.MOST", 2)
    desk, home = signed_in(clerk), reverse("rewards:appointments")
    day = {"day": NOON.date().isoformat(), "branch": "all"}

    with CaptureQueriesContext(connection) as asked:
        first = desk.get(home, day).content.decode()
    [cut] = [one["sql"] for one in asked if "LIMIT 2" in one["sql"] and "rewards_appointment" in one["sql"]]
    second = desk.get(home, day | {"page": 2}).content.decode()
    card = todays_visits(actor=clerk, now=NOON)

    assert "共 3 条" in first
    assert "page=2" in first
    assert [len(re.findall(r'class="table__main">\d\d:', page)) for page in (first, second)] == [2, 1]
    assert (len(card), card.total) == (2, 3)
    assert "privacy_participant" not in cut  # 876 ms with all that a line tells, 30 ms without


def test_benefits_are_counted_in_one_pass_over_the_grants(booking, administrator):
    with CaptureQueriesContext(connection) as asked:
        [line] = catalogue_with_counts()

    assert (line.earned, line.booked, line.used) == (1, 1, 0)
    assert len(asked) == 2
    assert not any("JOIN" in one["sql"] for one in asked)


@pytest.mark.parametrize(
    "typed", ["", "x", "😀" * 60, "1" * 64, "<script>alert(1)</script>", "7K3M-9QWE-RT5Y", "\x00"]
)
def test_whatever_is_typed_gets_an_answer(booking, clerk, typed):
    answer = signed_in(clerk).post(reverse("rewards:redeem"), {"code": typed, "step": "redeem"})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_post_that_is_too_long_is_no_fault(booking, clerk):
    answer = signed_in(clerk).post(reverse("rewards:redeem"), {"code": "A" * 500, "phone": "1" * 500})

    assert answer.status_code == 200


def test_other_roles_are_refused_and_strangers_sign_in(booking, marketer, client):
    assert signed_in(marketer).get(reverse("rewards:redeem")).status_code == 403
    assert client.get(reverse("rewards:redeem")).status_code == 302


def test_an_outsider_redeems_nothing_of_ours(booking, outsider, insurer):
    answer = signed_in(outsider).post(reverse("rewards:redeem"), {"code": booking.code, "step": "redeem"})

    assert 'data-outcome="wrong_institution"' in answer.content.decode()
    assert RedemptionCode.objects.get().state == "live"


def test_visits_are_listed_masked_and_taken_before_the_number_is_read(booking, clerk):
    desk = signed_in(clerk)
    visit = booking.appointment.id
    day = local_day(booking.appointment.slot.starts_at)
    page = desk.get(reverse("rewards:appointments"), {"day": day.isoformat()}).content.decode()
    wish = {"field": "phone", "purpose": "service"}

    early = desk.post(reverse("rewards:reveal", args=[visit]), wish, content_type="application/json")
    desk.post(reverse("rewards:take", args=[visit]))
    shown = desk.post(reverse("rewards:reveal", args=[visit]), wish, content_type="application/json")

    assert "张**" in page
    assert "138 **** 8000" in page
    assert (early.status_code, shown.json()) == (403, {"value": "13800138000"})
    assert Reveal.objects.count() == 1


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "heute"])
def test_a_day_that_is_none_of_ours_shows_today(booking, clerk, day):
    """F25: the last day there is has no day after it."""
    answer = signed_in(clerk).get(reverse("rewards:appointments"), {"day": day})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"field":1,"purpose":"service"}', b'{"field":"phone"}',
             b'{"field":"phone","purpose":"x"}', b'{"field":"identity","purpose":"service"}', b"\xff\xfe"],
)  # fmt: skip
def test_a_bad_wish_to_read_is_refused_with_a_code(booking, clerk, body):
    take_appointment(actor=clerk, appointment_id=booking.appointment.id, now=NOON)

    answer = signed_in(clerk).post(
        reverse("rewards:reveal", args=[booking.appointment.id]), body, content_type="application/json"
    )

    assert 400 <= answer.status_code < 500
    assert answer.json()["code"]


def test_an_outsider_finds_no_visit(booking, outsider, insurer):
    desk = signed_in(outsider)
    visit = booking.appointment.id

    assert desk.post(reverse("rewards:take", args=[visit])).status_code == 404
    answer = desk.post(
        reverse("rewards:reveal", args=[visit]), {"field": "phone", "purpose": "service"},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 404
    assert "张**" not in desk.get(reverse("rewards:appointments")).content.decode()


def test_a_service_is_added_and_one_with_money_is_not(at_bank, administrator):
    desk = signed_in(administrator)
    wish = {
        "service": "credit_report_reading", "title": "征信报告解读", "summary": "一对一讲清每一栏的意思。",
        "delivered_by": "credit_adviser", "minutes": 30, "book_within_days": 30, "valid_days": 60,
    }  # fmt: skip

    refused = desk.post(reverse("rewards:benefit_add"), wish | {"summary": "解读后送 20 元话费"})
    added = desk.post(reverse("rewards:benefit_add"), wish)

    assert (refused.status_code, added.status_code) == (400, 302)
    assert "权益只能是合规服务" in refused.content.decode()
    assert [benefit.title for benefit in Benefit.objects.all()] == ["征信报告解读"]
    assert "征信报告解读" in desk.get(reverse("rewards:benefits")).content.decode()


def test_a_service_is_retired_by_who_may(at_bank, administrator, marketer, outsider, insurer):
    benefit = a_benefit(administrator)
    address = reverse("rewards:benefit_retire", args=[benefit.id])

    assert signed_in(marketer).post(address).status_code == 403
    assert signed_in(outsider).post(address).status_code == 404
    assert signed_in(administrator).post(address).status_code == 302
    assert not Benefit.of(benefit.id).is_active


def test_times_are_opened_for_working_days_once(at_bank, administrator):
    branch = Branch.objects.create(name="城东支行", city="杭州", address="延安路 1 号")
    desk = signed_in(administrator)
    monday = local_day(NOON) + timedelta(days=14 - local_day(NOON).weekday())
    far = (monday + timedelta(days=800)).isoformat()
    wish = {
        "branch": str(branch.id), "weekdays": [0, 1],
        "first_day": monday.isoformat(), "last_day": (monday + timedelta(days=6)).isoformat(),
        "opens": "09:00", "closes": "11:00", "minutes": 30, "capacity": 2,
    }  # fmt: skip

    first = desk.post(reverse("rewards:slots"), wish)
    desk.post(reverse("rewards:slots"), wish)
    upside_down = desk.post(reverse("rewards:slots"), wish | {"closes": "08:00"})
    endless = desk.post(reverse("rewards:slots"), wish | {"last_day": far})

    assert first.status_code == 302
    assert Slot.objects.count() == 8
    assert (upside_down.status_code, endless.status_code) == (400, 400)
    assert desk.get(reverse("rewards:slots")).status_code == 200


def test_nothing_of_the_bank_shows_at_the_insurer(booking, outsider, insurer):
    desk = signed_in(outsider)

    for name in ("rewards:redeem", "rewards:appointments", "rewards:benefits", "rewards:slots"):
        shown = desk.get(reverse(name)).content.decode()
        assert "银行理财经理1对1咨询" not in shown
        assert "城东支行" not in shown
    with scope(insurer.id):
        assert Benefit.objects.count() == 0
