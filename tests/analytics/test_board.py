"""The live board: its numbers are the ledger's, it says how old they are, and only those see it who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.queries.board import board_of, lag
from analytics.queries.counts import answer_counts, channel_counts, stage_counts
from analytics.reports.base import Basis
from analytics.stages import FUNNEL, Stage
from kernel.actor import Actor
from kernel.ids import new_id
from ledger.queries import settled_position
from tests.analytics.conftest import Floor, catch_up
from tests.cast import NOON
from tests.desk import signed_in


def test_the_live_numbers_equal_the_ledger(floor: Floor) -> None:
    """F39, F68: thousands of random events, counted three ways."""
    crowd = floor.crowd(2000)
    catch_up()

    answer = signed_in(floor.marketer).get(reverse("analytics:board_live", args=[floor.live.id])).json()
    figures = answer["figures"]

    basis = Basis(timezone.now() + timedelta(days=1), settled_position())
    from_ledger = stage_counts(floor.live.id, basis)
    for stage in FUNNEL:
        truth = crowd.people[floor.live.id, stage.value]
        assert figures["people"][stage] == from_ledger[stage].people == len(truth)
        assert (
            figures["events"][stage] == from_ledger[stage].events == crowd.events[floor.live.id, stage.value]
        )
        by_channel = channel_counts(floor.live.id, basis, stage)
        assert {
            key: counts[stage] for key, counts in figures["channels"].items() if counts[stage]
        } == by_channel
        assert sum(day[stage] for day in figures["days"].values()) == len(truth)
    for question, counted in answer_counts(floor.live.id, basis).items():
        assert figures["questions"][question] == {"answered": counted.answered, "correct": counted.correct}
        assert crowd.answers[floor.live.id, question] == [counted.answered, counted.correct]
    assert answer["lag_seconds"] == 0


def test_the_panel_is_sent_again_only_when_it_changed(floor: Floor) -> None:
    floor.crowd(30)
    catch_up()
    browser = signed_in(floor.marketer)
    url = reverse("analytics:board_live", args=[floor.live.id])

    first = browser.get(url).json()
    second = browser.get(url, {"have": first["revision"]}).json()
    floor.crowd(30, seed=2)
    catch_up()
    third = browser.get(url, {"have": first["revision"]}).json()

    assert "panel" in first
    assert "panel" not in second
    assert third["revision"] != first["revision"]
    assert "panel" in third


def test_the_lag_is_the_age_of_the_oldest_entry_not_counted_yet(floor: Floor) -> None:
    catch_up()
    assert lag(now=NOON) == timedelta(0)

    floor.crowd(3)

    assert lag(now=NOON + timedelta(days=30)) > timedelta(days=20)
    catch_up()
    assert lag(now=NOON + timedelta(days=30)) == timedelta(0)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_chart_stands_beside_its_table_and_definition(floor: Floor, language: str) -> None:
    floor.crowd(100)
    catch_up()
    browser = signed_in(floor.marketer)

    page = browser.get(
        reverse("analytics:board", args=[floor.live.id]), headers={"accept-language": language}
    ).content.decode()

    for table in ("table-funnel", "table-days", "table-questions", "table-channels"):
        assert f'id="{table}"' in page
    assert "÷" in page
    assert "style=" not in page
    if language == "en":
        assert "Knowledge accuracy" in page
        assert "知识准确率" not in page


def test_a_campaign_nobody_opened_says_so(floor: Floor) -> None:
    page = signed_in(floor.marketer).get(reverse("analytics:board", args=[floor.live.id])).content.decode()

    assert "还没有人打开这个活动" in page


def test_the_list_shows_every_published_campaign_with_its_main_numbers(floor: Floor) -> None:
    crowd = floor.crowd(200)
    catch_up()

    page = signed_in(floor.marketer).get(reverse("analytics:boards")).content.decode()

    assert floor.campaign.title in page
    assert f"{len(crowd.people[floor.live.id, 'started'])}" in page


def test_service_staff_may_not_see_figures(floor: Floor, clerk_at_floor: Actor) -> None:
    browser = signed_in(clerk_at_floor)

    assert browser.get(reverse("analytics:boards")).status_code == 403
    assert browser.get(reverse("analytics:board", args=[floor.live.id])).status_code == 403


@pytest.mark.parametrize("name", ["board", "board_live"])
def test_a_campaign_that_is_not_ours_does_not_exist(floor: Floor, name: str) -> None:
    assert signed_in(floor.marketer).get(reverse(f"analytics:{name}", args=[new_id()])).status_code == 404


def test_nobody_divides_by_nought(floor: Floor) -> None:
    board = board_of(floor.campaign)

    assert board.accuracy is None
    assert board.conversion is None
    assert all(rate.value is None for rate in board.rates)
    assert board.people[Stage.SEEN] == 0


def test_five_seconds_are_enough_at_two_hundred_events_a_second(floor: Floor) -> None:
    """F39: folding five seconds' worth of events takes far less than five seconds."""
    floor.crowd(260)
    began = timezone.now()

    folded = catch_up()

    assert folded >= 1000
    assert timezone.now() - began < timedelta(seconds=2.5)
