"""F39, F6: shares by existing customers, plays by new ones, calendar and return, all equal to the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from analytics.models import CheckInDay, Side
from analytics.projections.games import Games
from analytics.queries.games import calendar_of, cohorts_of, sides_of
from analytics.stages import Stage
from campaigns.games.base import Move
from campaigns.live import LiveCampaign, forget_live
from campaigns.models import Campaign
from campaigns.usecases import move_play, start_play
from campaigns.usecases.parties import share_party
from kernel.scope import scope
from kernel.timekeeping import local_day
from ledger.models import Entry
from tenancy.models import Staff
from tests.analytics.conftest import catch_up
from tests.campaigns.conftest import new_player
from tests.campaigns.party_people import CUSTOMERS, a_phone, bank_with, right_answers
from tests.cast import NOON
from tests.desk import signed_in


@pytest.fixture
def referral(committed_db: str) -> Iterator[LiveCampaign]:
    institution_id, live = bank_with("existing_helps_new")
    with scope(institution_id):
        yield live
    forget_live()


@pytest.fixture
def check_in(committed_db: str) -> Iterator[LiveCampaign]:
    institution_id, live = bank_with("daily_check_in")
    with scope(institution_id):
        yield live
    forget_live()


def fold() -> None:
    catch_up()
    catch_up(projection="games")


def campaign_of(live: LiveCampaign) -> Campaign:
    found: Campaign = Campaign.objects.get(pk=live.id)
    return found


def help_someone(live: LiveCampaign, number: int, *, finishes: bool) -> None:
    helper = a_phone(f"helper-{number}", CUSTOMERS[number])
    newcomer = a_phone(f"new-{number}", f"1380000{number:04d}")
    opened = helper.start(live)
    helper.move(live, opened, "join")
    link = share_party(
        actor=helper.actor, code=live.code, party_id=opened.playing.play_id, device=helper.device, now=NOON
    )
    at = newcomer.start(live, link)
    newcomer.move(live, at, "join")
    for question, option in right_answers(live) if finishes else ():
        newcomer.move(live, at, "answer", question=question, option=option)


def checks_in(live: LiveCampaign, player_days: list[int]) -> UUID:
    player = new_player()
    for day in player_days:
        now = NOON + timedelta(days=day)
        playing = start_play(actor=player, code=live.code, now=now)
        move_play(actor=player, code=live.code, play_id=playing.play_id, move=Move("check_in"), now=now)
    return player.id


def test_each_side_counts_for_itself_and_equals_the_ledger(referral: LiveCampaign) -> None:
    for number in range(3):
        help_someone(referral, number, finishes=number < 2)

    fold()
    helper, newcomer = sides_of(campaign_of(referral))

    ledger = Counter(Entry.objects.filter(campaign_id=referral.id).values_list("verb", flat=True))
    assert (helper.shares, newcomer.shares) == (ledger["play.shared"], 0) == (3, 0)
    assert (helper.joined, newcomer.joined) == (3, 3)
    assert (helper.people[Stage.FINISHED], newcomer.people[Stage.FINISHED]) == (0, 2)
    assert helper.people[Stage.GRANTED] + newcomer.people[Stage.GRANTED] == ledger["rewards.granted"] == 4
    assert newcomer.conversion == 0.0


def test_both_members_of_a_group_finish(committed_db: str) -> None:
    institution_id, live = bank_with("account_check_together")
    with scope(institution_id):
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        opened = first.start(live)
        first.move(live, opened, "join")
        link = share_party(
            actor=first.actor, code=live.code, party_id=opened.playing.play_id, device=first.device, now=NOON
        )
        second.move(live, second.start(live, link), "join")
        fold()

        figures = sides_of(campaign_of(live))

        assert [side.people[Stage.PASSED] for side in figures] == [1, 1]
        assert [side.people[Stage.GRANTED] for side in figures] == [1, 1]


def test_the_calendar_and_the_return_equal_the_ledger(check_in: LiveCampaign) -> None:
    today = local_day(NOON)
    monday = today - timedelta(days=today.weekday())
    until_next = (monday + timedelta(days=7) - today).days
    checks_in(check_in, [0, until_next])
    checks_in(check_in, [0])

    fold()
    calendar, cohorts = calendar_of(check_in.id), cohorts_of(check_in.id)

    entries = Entry.objects.filter(campaign_id=check_in.id, verb="play.checked_in")
    by_day = Counter(entry.data["day"] for entry in entries)
    assert {one.day.isoformat(): one.people for one in calendar if one.people} == by_day
    assert [(one.week, one.people, one.back[0], one.back[1]) for one in cohorts] == [(monday, 2, 1, None)]


def test_folding_again_gives_the_same_rows(referral: LiveCampaign) -> None:
    help_someone(referral, 0, finishes=True)
    fold()
    before = sorted(Side.objects.values_list("participant_id", "seat", "joined"))
    entries = list(Entry.objects.order_by("transaction", "id"))

    games = Games()
    games.forget()
    for entry in entries:
        games.apply([entry])

    assert sorted(Side.objects.values_list("participant_id", "seat", "joined")) == before
    assert not CheckInDay.objects.exists()


def test_the_board_shows_the_sides(referral: LiveCampaign) -> None:
    help_someone(referral, 0, finishes=True)
    fold()
    marketer = Staff.objects.get(username="lin.yue").actor

    page = signed_in(marketer).get(reverse("analytics:board", args=[referral.id])).content.decode()

    assert "双方的参与" in page
    assert "仅用于活动效果评估" in page
