"""Monthly editions: opened by Shanghai's calendar, drawn so that nobody meets a question twice. F6, F30."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.checking import check
from campaigns.content import read_content
from campaigns.editions import calendar_of, turn_of
from campaigns.gallery import presets
from campaigns.games._series import REST, Series, rested
from campaigns.games.base import Move
from campaigns.live import LiveCampaign, forget_live, live_campaign
from campaigns.models import Campaign, Edition, Play
from campaigns.player.reading import standing_of
from campaigns.tasks import SCHEDULE
from campaigns.usecases import (
    create_campaign_from_preset,
    move_play,
    publish_campaign,
    save_draft,
    start_play,
)
from campaigns.usecases.editions import open_editions
from campaigns.usecases.playing import NoAttemptLeft
from compliance.gate import approval_of
from kernel.actor import SYSTEM, Actor
from kernel.fingerprint import fingerprint
from kernel.timekeeping import SHANGHAI, local_day, start_of_day
from rewards.models import Benefit, Grant
from tests.campaigns.conftest import approve, the_right_answer
from tests.cast import NOON, ONE_DAY
from tests.desk import signed_in

ONE_SECOND = timedelta(seconds=1)
FIRST = Series(1)


def at(day: date, **later: int) -> datetime:
    return start_of_day(day) + timedelta(**later)


@pytest.fixture
def monthly(marketer: Actor, consult: Benefit) -> LiveCampaign:
    """The shipped monthly quiz, out for half a year."""
    return out_with(marketer)


def out_with(marketer: Actor, **changed: Any) -> LiveCampaign:
    campaign = create_campaign_from_preset(actor=marketer, preset="monthly_knowledge_quiz", now=NOON)
    draft = {
        **campaign.draft,
        "channels": [{"kind": "official_account", "name": "公众号菜单"}],
        "settings": {**campaign.draft["settings"], **changed},
    }
    save_draft(actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=draft, now=NOON)
    approve(Campaign.of(campaign.id), marketer)
    publish_campaign(actor=marketer, campaign_id=campaign.id, now=NOON)
    return live_campaign(campaign.code)


def play_through(live: LiveCampaign, player: Actor, now: datetime, *, again: bool = False) -> list[str]:
    """One round answered right; what it asked."""
    forget_live()
    playing = start_play(actor=player, code=live.code, again=again, now=now)
    view = playing.view
    while view["question"]:
        values = {"question": view["question"]["id"], "option": the_right_answer(live, view)}
        move = Move("answer", values)
        view = move_play(actor=player, code=live.code, play_id=playing.play_id, move=move, now=now).view
    asked: list[str] = Play.objects.get(id=playing.play_id).state["order"]
    return asked


@pytest.mark.parametrize(
    ("monthly_on", "day", "opening", "following"),
    [
        (1, date(2026, 12, 1), date(2026, 12, 1), date(2027, 1, 1)),
        (1, date(2026, 11, 30), date(2026, 11, 1), date(2026, 12, 1)),
        (31, date(2027, 2, 27), date(2027, 1, 31), date(2027, 2, 28)),
        (31, date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 31)),
        (30, date(2028, 2, 28), date(2028, 1, 30), date(2028, 2, 29)),
        (29, date(2027, 3, 28), date(2027, 2, 28), date(2027, 3, 29)),
        (15, date(2027, 1, 3), date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_an_edition_opens_on_its_day_or_on_the_last_of_a_shorter_month(monthly_on, day, opening, following):
    """F6: month ends, leap February, the turn of the year."""
    series = Series(monthly_on)

    assert series.edition_on(day) == opening
    assert series.after(opening) == following
    assert series.before(following) == opening


@given(
    monthly_on=st.integers(1, 31), day=st.dates(date(2024, 1, 1), date(2032, 1, 1)), days=st.integers(0, 366)
)
@settings(max_examples=80, deadline=None)
def test_editions_follow_each_other_without_gap_or_overlap(monthly_on: int, day: date, days: int) -> None:
    series = Series(monthly_on)
    last = day + timedelta(days=days)
    openings = series.openings(day, last)

    assert openings[0] <= day
    assert openings == sorted(set(openings))
    assert all(series.after(one) == other for one, other in pairwise(openings))
    assert [series.number(day, one) for one in openings] == list(range(1, len(openings) + 1))
    assert series.edition_on(last) == openings[-1]


@given(
    pool=st.lists(st.integers(0, 40).map(str), unique=True, min_size=1, max_size=30),
    wanted=st.integers(1, 8),
    rounds=st.integers(1, 12),
    luck=st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_no_question_comes_again_while_there_is_another(
    pool: list[str], wanted: int, rounds: int, luck: Any
) -> None:
    """F30, as a property: fresh ones first, then those met longest ago, and always enough for a round."""
    wanted = min(wanted, len(pool))
    met: list[list[str]] = []

    def ago(key: str) -> int:
        return next(place for place, asked in enumerate(met) if key in asked)

    for _round in range(rounds):
        offered = rested(pool, met, wanted)
        drawn = luck.sample(offered, wanted)

        unseen = {key for key in pool if all(key not in asked for asked in met)}
        again, left = set(offered) - unseen, set(pool) - set(offered)
        assert len(offered) >= wanted
        assert unseen <= set(offered)
        assert not again or len(offered) == wanted
        assert not again or not left or min(map(ago, again)) >= max(map(ago, left))
        met.insert(0, drawn)


def test_the_next_edition_is_open_at_midnight_in_shanghai(monthly, player):
    """F6: to the second, by the clock, whether or not the sweep has come by."""
    midnight = start_of_day(FIRST.after(FIRST.edition_on(local_day(NOON))))
    for again in (False, True):
        play_through(monthly, player, midnight - ONE_DAY, again=again)
    with pytest.raises(NoAttemptLeft):
        start_play(actor=player, code=monthly.code, again=True, now=midnight - ONE_SECOND)

    assert standing_of(player.id, monthly, midnight - ONE_SECOND).attempts_left == 0
    shown = standing_of(player.id, monthly, midnight)
    assert (shown.state, shown.attempts_left) == ("new", 2)
    fresh = start_play(actor=player, code=monthly.code, now=midnight)

    assert not fresh.finished
    assert midnight.astimezone(SHANGHAI).hour == 0
    assert fresh.version_id == monthly.version_id


def test_the_same_person_meets_no_question_twice_in_three_editions(monthly, player):
    """F30: over both rounds of five editions."""
    opening = FIRST.edition_on(local_day(NOON))
    moments = [NOON] + [at(opening := FIRST.after(opening), hours=9) for _edition in range(4)]

    asked = [
        [*play_through(monthly, player, now), *play_through(monthly, player, now, again=True)]
        for now in moments
    ]

    for place in range(len(asked) - REST + 1):
        within = [key for edition in asked[place : place + REST] for key in edition]
        assert len(within) == len(set(within)) == 30
    assert set(asked[0]) & set(asked[3]), "after three editions a question may come again"


def test_a_small_pool_repeats_what_was_met_longest_ago_and_the_builder_says_so(marketer, consult, player):
    """F30: with the numbers, and without keeping anybody from playing."""
    questions = presets()["monthly_knowledge_quiz"].draft(sector="bank", today=local_day(NOON))
    pool = questions["settings"]["questions"][:7]
    live = out_with(marketer, questions=pool, per_play=5, attempts=1)
    opening = FIRST.after(FIRST.edition_on(local_day(NOON)))

    first = play_through(live, player, NOON)
    second = play_through(live, player, at(opening))

    assert set(second) >= {question["id"] for question in pool} - set(first)
    (advice,) = check(Campaign.of(live.id).draft, sector="bank", now=NOON).advice
    assert advice.path == "settings.monthly_on"
    assert "3期内不重复需要15题，现有7题" in advice.words.zh


def test_an_opening_costs_no_more_queries_in_a_series(monthly, live_quiz, player, django_assert_num_queries):
    """The hot path: what was asked before is read with the last play."""
    for live in (monthly, live_quiz):
        play_through(live, player, NOON)
        live_campaign(live.code)
        with django_assert_num_queries(4):  # begin, the last plays, the opening with its ledger row, end
            start_play(actor=player, code=live.code, again=True, now=NOON)


def test_each_edition_is_an_occasion_of_its_own_for_the_service(monthly, player):
    following = at(FIRST.after(FIRST.edition_on(local_day(NOON))))

    for now, again in ((NOON, False), (NOON, True), (following, False)):
        play_through(monthly, player, now, again=again)

    assert Grant.objects.filter(participant_id=player.id).count() == 2


def test_the_sweep_writes_each_edition_down_once_with_the_approved_version(monthly):
    """F6: within a minute of its opening."""
    assert SCHEDULE["campaigns.tasks.sweep_editions"] <= 60
    midnight = start_of_day(FIRST.after(FIRST.edition_on(local_day(NOON))))

    moments = (NOON, NOON, midnight - ONE_SECOND, midnight)
    assert [open_editions(actor=SYSTEM, now=now) for now in moments] == [1, 0, 0, 1]
    editions = list(Edition.objects.order_by("number"))
    assert [edition.number for edition in editions] == [1, 2]
    live = Campaign.of(monthly.id).live_version
    assert {edition.version_id for edition in editions} == {live.id}
    assert approval_of(subject=Campaign.of(monthly.id).ref, fingerprint=live.fingerprint, now=midnight)


def test_the_calendar_tells_which_editions_need_another_approval(monthly, officer):
    frame = monthly.content.frame
    until = at(frame.starts_on, days=70)

    told = calendar_of(monthly.content, monthly.id, until=until, now=NOON)

    assert told[0].state == "running"
    assert {edition.state for edition in told[1:]} == {"coming", "unapproved"}
    assert all((start_of_day(one.opens_on) >= until) == (one.state == "unapproved") for one in told[1:])
    page = signed_in(officer).get(f"/desk/campaigns/{monthly.id}/").content.decode()
    assert "第 2 期" in page


def test_what_was_approved_before_there_were_editions_keeps_its_fingerprint(live_quiz):
    """A setting that came later is written down only when it is set."""
    version = Campaign.of(live_quiz.id).live_version

    assert "monthly_on" not in version.content["settings"]
    assert fingerprint(read_content({**version.content}).as_json()) == version.fingerprint
    assert calendar_of(live_quiz.content, live_quiz.id, until=None, now=NOON) == []


def test_fewer_rounds_do_not_forget_what_was_asked_before(monthly, player, monkeypatch):
    """F30: what rests is a matter of days, not of how many rounds there are now."""
    asked = [*play_through(monthly, player, NOON), *play_through(monthly, player, NOON, again=True)]
    following = at(FIRST.after(FIRST.edition_on(local_day(NOON))))
    asked += play_through(monthly, player, following)
    monkeypatch.setattr(type(monthly.content.game), "attempts", lambda _game, _settings: 1)

    turn = turn_of(player.id, monthly, following)

    assert {key for state in turn.earlier for key in state["order"]} == set(asked)
    assert (turn.used, turn.following) == (1, 4)
    much_later = turn_of(player.id, monthly, following + 300 * ONE_DAY)
    assert (much_later.used, much_later.following, much_later.earlier) == (0, 4, [])
