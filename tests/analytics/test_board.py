"""The live board: its numbers are the ledger's, it says how old they are, and only those see it who may."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analytics.models import Reached, Tally
from analytics.queries.board import board_of, lag
from analytics.queries.counts import counted
from analytics.queries.games import sides_of
from analytics.reports.base import Basis
from analytics.stages import FUNNEL, STAGE_OF_VERB, Stage
from campaigns.models import Campaign
from kernel.actor import Actor, Ref
from kernel.ids import new_id
from kernel.scope import scope
from ledger.queries import settled_position
from ledger.record import record
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
    from_ledger = counted(floor.live.id, basis)
    for stage in FUNNEL:
        truth = crowd.people[floor.live.id, stage.value]
        assert figures["people"][stage] == from_ledger.stages[stage].people == len(truth)
        assert (
            figures["events"][stage]
            == from_ledger.stages[stage].events
            == crowd.events[floor.live.id, stage.value]
        )
        assert {
            key: counts[stage] for key, counts in figures["channels"].items() if counts[stage]
        } == from_ledger.channels[stage]
        assert sum(day[stage] for day in figures["days"].values()) == len(truth)
    assert from_ledger.answers
    for question, told in from_ledger.answers.items():
        assert figures["questions"][question] == {"answered": told.answered, "correct": told.correct}
        assert crowd.answers[floor.live.id, question] == [told.answered, told.correct]
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


STEPS = st.sampled_from((*STAGE_OF_VERB, "play.answered", "play.joined"))


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walks=st.lists(st.tuples(STEPS, st.integers(0, 3), st.booleans()), min_size=1, max_size=24))
def test_no_share_is_ever_above_one_whatever_is_told_in_whatever_order(
    floor: Floor, walks: list[tuple[str, int, bool]]
) -> None:
    """Issue 8, 29: 参与率 112.5 %, when the opening of a page was not noted."""
    with scope(new_id()):
        campaign = Campaign(id=new_id(), game="group_consult")
        people = [Actor("participant", new_id()) for _someone in range(4)]
        with transaction.atomic():
            for verb, who, good in walks:
                record(
                    verb, actor=people[who], subject=Ref("play", new_id()), at=NOON, passed=good,
                    campaign_id=campaign.id, correct=good, question="q1", seat="newcomer",
                    channel="c1" if good else "",
                )  # fmt: skip
        catch_up()
        catch_up(projection="games")

        board = board_of(campaign)
        shares = [
            board.accuracy,
            board.conversion,
            *(rate.value for rate in board.rates),
            *(one.of_previous for one in board.funnel),
            *(one.of_widest for one in board.funnel),
            *(channel.conversion for channel in board.channels),
            *(side.conversion for side in sides_of(campaign)),
        ]
        assert all(value is None or 0 <= value <= 1 for value in shares), shares
        from_ledger = counted(campaign.id, Basis(timezone.now() + timedelta(days=1), settled_position()))
        assert board.people == {stage: from_ledger.stages[stage].people for stage in Stage}


def test_figures_of_before_are_filled_in(floor: Floor) -> None:
    """The migration does for what was folded before what the fold does now."""
    floor.crowd(60)
    catch_up()
    truth = board_of(floor.campaign)
    kept = (Stage.REDEEMED, Stage.SHARED)  # as if nothing else had been told
    Reached.objects.exclude(stage__in=kept).delete()
    Tally.objects.exclude(stage__in=kept).update(people=0)

    fill = import_module("analytics.migrations.0007_stages_before").FILL
    with connection.cursor() as cursor:
        cursor.execute(fill)

    board = board_of(floor.campaign)
    redeemed = truth.people[Stage.REDEEMED]
    assert redeemed > 0
    assert {board.people[stage] for stage in (Stage.SEEN, Stage.STARTED, Stage.GRANTED, Stage.BOOKED)} == {
        redeemed
    }
    assert sum(channel.people[Stage.SEEN] for channel in board.channels) == redeemed


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
