"""Every free time can be reached from the form, and looking for one costs nothing that was typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from kernel.timekeeping import local_day, spoken_moment, start_of_day
from privacy.models import Consent, NoticeVersion, OutboundText
from rewards.free_times import Place, free_days, free_times
from rewards.models import Benefit, Grant, Slot
from tenancy.models import Branch
from tests.cast import NOON
from tests.player.conftest import Phone
from tests.player.test_booking import booking_path, code_sent

DAYS, HOURS = 4, (9, 10, 14, 15)
TYPED = {"name": "王小明", "phone": "13800138000", "need": "wealth", "consent": "yes", "also_tips": "yes"}


@pytest.fixture
def winner(phone: Phone, live_quiz: object) -> Phone:
    """Two branches, four times a day each, four days: 32 times."""
    phone.play_through(live_quiz)
    Slot.objects.all().delete()
    Branch.objects.create(name="滨江支行", city="杭州", address="江南大道 2 号")
    first = start_of_day(local_day(timezone.now()) + timedelta(days=1))
    for day in range(DAYS):
        for hour in HOURS:
            at = first + timedelta(days=day, hours=hour)
            for branch in Branch.objects.all():
                Slot.objects.create(
                    branch=branch, starts_at=at, ends_at=at + timedelta(minutes=30), capacity=1
                )
    return phone


def test_page_after_page_leads_to_every_time(winner: Phone) -> None:
    page, seen, pages = winner.get(booking_path()).text, [], 1
    seen += offered(page)
    while turn := re.search(r'value="(after:[^"]+)"', page):
        page, pages = turned(winner, turn[1]), pages + 1
        seen += offered(page)

    assert (len(seen), len(set(seen)), pages) == (32, 32, 3)
    assert seen == in_order(Slot.objects.all())


def test_the_way_back_shows_the_same_pages(winner: Phone) -> None:
    first = winner.get(booking_path()).text
    second = turned(winner, the_turn(first, "after"))

    assert offered(turned(winner, the_turn(second, "before"))) == offered(first)
    assert "before:" not in first


def test_the_form_says_that_there_are_others(winner: Phone) -> None:
    page = winner.get(booking_path()).text
    assert "只列出还可预约的时段，从早到晚，每次 12 个。" in page

    Slot.objects.exclude(pk__in=Slot.objects.all()[:3]).delete()
    few = winner.get(booking_path()).text
    assert "每次" not in few
    assert 'name="turn"' not in few


def test_a_day_is_gone_to_at_once(winner: Phone) -> None:
    last = Slot.objects.latest("starts_at").starts_at
    page = turned(winner, "day", day=local_day(last).isoformat())
    of_that_day = Slot.objects.filter(starts_at__gte=start_of_day(local_day(last)))

    assert offered(page) == in_order(of_that_day)
    assert re.search(rf'value="{local_day(last)}" selected', page)


def test_turning_the_page_keeps_what_was_typed_and_writes_nothing(winner: Phone) -> None:
    """Also what was ticked, as long as the notice is the one that was ticked."""
    first = winner.get(booking_path()).text
    chosen = offered(first)[2]
    notice = str(NoticeVersion.objects.latest("number").id)
    page = turned(winner, the_turn(first, "after"), **TYPED, slot=chosen, notice=notice)

    assert 'value="王小明"' in page
    assert 'value="13800138000"' in page
    assert re.search(rf'value="{chosen}" required checked', page), "what was chosen on another page"
    assert page.count(" checked") == 4, "need, time, consent, the other purpose"
    assert not Consent.objects.exists()
    assert not OutboundText.objects.exists()
    assert "aria-invalid" not in page


def test_a_tick_is_not_carried_over_to_another_notice(winner: Phone) -> None:
    page = turned(winner, "day", **TYPED, notice=str(Benefit.objects.get().id))

    assert not re.search(r'name="consent"[^>]*checked', page)


def test_a_fault_leaves_the_form_where_it_stood(winner: Phone) -> None:
    second = turned(winner, the_turn(winner.get(booking_path()).text, "after"))
    shown = re.search(r'name="shown" value="([^"]+)"', second)
    assert shown

    refused = winner.form(booking_path(), step="details", shown=shown[1], **{**TYPED, "name": ""})

    assert refused.status_code == 400
    assert offered(refused.text) == offered(second)


def test_a_time_of_a_later_page_is_booked(winner: Phone) -> None:
    chosen = Slot.objects.order_by("-starts_at").first()
    assert chosen
    notice = str(NoticeVersion.objects.latest("number").id)
    winner.form(booking_path(), step="details", slot=str(chosen.id), notice=notice, **TYPED)
    done = winner.form(booking_path(), step="code", code=code_sent(), slot=str(chosen.id), **TYPED)

    assert "done=1" in done["Location"]
    assert Grant.objects.get().appointments.get().slot == chosen


@pytest.mark.parametrize(
    "turn", ["after:", "before:nothing", "day", "sideways", f"after:{'0' * 36}", "after:\x00"]
)
def test_a_turn_that_makes_no_sense_shows_the_soonest(winner: Phone, turn: str) -> None:
    assert offered(turned(winner, turn, day="30 February")) == offered(winner.get(booking_path()).text)


def test_what_enter_presses_is_not_a_turn_of_the_page(winner: Phone) -> None:
    form = winner.get(booking_path()).text.partition("data-form")[2].partition("</form>")[0]
    first = re.search(r"<button[^>]*>", form)

    assert first
    assert 'type="submit"' in first[0]
    assert "name=" not in first[0]


def test_when_the_last_times_are_taken_meanwhile_the_soonest_are_shown(winner: Phone) -> None:
    benefit, last = Benefit.objects.get(), Slot.objects.order_by("starts_at", "branch__name").last()
    assert last
    found = free_times(benefit.id, now=timezone.now(), limit=12, place=Place(after=last.id))

    assert found.slots == free_times(benefit.id, now=timezone.now(), limit=12).slots
    assert len(free_days(benefit.id, now=timezone.now())) == DAYS


def test_a_page_of_times_costs_as_many_queries_as_the_first(
    winner: Phone, django_assert_max_num_queries: object
) -> None:
    benefit = Benefit.objects.get()
    edge = Slot.objects.order_by("starts_at").first()
    assert edge
    with django_assert_max_num_queries(5):  # type: ignore[operator]  # pytest-django's fixture
        free_times(benefit.id, now=timezone.now(), limit=12, place=Place(after=edge.id))


def test_a_text_names_its_day_as_the_page_does() -> None:
    """It said 12月02日 where the page said 12月2日."""
    assert spoken_moment(NOON.replace(month=12, day=2)) == "12月2日 12:00"


def in_order(slots: QuerySet[Slot]) -> list[str]:
    return [str(slot.id) for slot in slots.order_by("starts_at", "branch__name")]


def offered(page: str) -> list[str]:
    return re.findall(r'name="slot"\s+value="([^"]+)"\s+required\s*>', page)


def the_turn(page: str, way: str) -> str:
    found = re.search(rf'value="({way}:[^"]+)"', page)
    assert found
    return found[1]


def turned(visitor: Phone, turn: str, /, **typed: str) -> str:
    answer = visitor.form(booking_path(), step="details", turn=turn, **typed)
    assert answer.status_code == 200
    return str(answer.text)
