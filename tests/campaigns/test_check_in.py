"""F27, F28, F29. Days, months and streaks as the institution chose them and the player was told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from campaigns.games.base import Json, Luck, Move, Step
from campaigns.games.check_in.calendar import SHANGHAI, last_day_of, months_around
from campaigns.games.check_in.game import CheckIn
from campaigns.games.check_in.samples import example_card
from campaigns.games.check_in.settings import Settings

LUCK = Luck("check-in")
GAME = CheckIn()
DECK = [example_card(f"c{number}") for number in range(40)]


def settings_of(**chosen: Any) -> Settings:
    return msgspec.convert({"cards": DECK, **chosen}, Settings)


class Diary:
    """One customer's check-ins by the day, without waiting for the days to pass."""

    def __init__(self, settings: Settings, begins: date) -> None:
        self.settings = settings
        self.state: Json = GAME.open(settings, noon(begins), LUCK)
        self.earned: list[tuple[str, str]] = []
        self.points = 0

    def check_in(self, at: datetime) -> Step:
        step = GAME.move(self.settings, self.state, Move("check_in"), at, LUCK)
        self.state = step.state
        self.earned += [(won.award, won.occasion) for won in step.earned]
        self.points += sum(points.amount for points in step.points)
        return step

    def every_day(self, first: date, last: date) -> None:
        day = first
        while day <= last:
            self.check_in(noon(day))
            day += timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def test_the_fifteenth_day_of_a_month_earns_its_service_once() -> None:
    """F27."""
    diary = Diary(settings_of(streak="none"), date(2026, 11, 1))

    diary.every_day(date(2026, 11, 1), date(2026, 11, 14))
    before = list(diary.earned)
    diary.every_day(date(2026, 11, 15), date(2026, 11, 30))

    assert before == []
    assert diary.earned == [("month", "2026-11")]


def test_the_day_changes_at_midnight_in_shanghai() -> None:
    """F27: 23:59:59 and 00:00:00 are two days; the server's own zone does not matter."""
    diary = Diary(settings_of(), date(2026, 11, 20))

    late = diary.check_in(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC))
    same = diary.check_in(datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI))
    early = diary.check_in(datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC))

    assert [len(step.events) for step in (late, same, early)] == [1, 0, 1]
    assert diary.state["days"] == {"2026-11": [20, 21]}


def test_the_last_second_of_a_month_belongs_to_it() -> None:
    diary = Diary(settings_of(days_a_month=1, streak="none"), date(2026, 11, 30))

    diary.check_in(datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI))
    diary.check_in(datetime(2026, 12, 1, 0, 0, 0, tzinfo=SHANGHAI))

    assert diary.earned == [("month", "2026-11"), ("month", "2026-12")]


def test_fifteen_days_in_each_of_three_months_make_the_streak() -> None:
    """F28: the definition "months"; days need not touch."""
    diary = Diary(settings_of(), date(2026, 11, 16))

    for first, last in [
        (date(2026, 11, 16), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 15)),
        (date(2027, 1, 17), date(2027, 1, 31)),
    ]:
        diary.every_day(first, last)

    assert diary.earned == [
        ("month", "2026-11"),
        ("month", "2026-12"),
        ("month", "2027-01"),
        ("streak", "once"),
    ]


def test_fourteen_days_in_the_middle_month_break_it() -> None:
    diary = Diary(settings_of(), date(2026, 11, 1))

    diary.every_day(date(2026, 11, 1), date(2026, 11, 15))
    diary.every_day(date(2026, 12, 1), date(2026, 12, 14))
    diary.every_day(date(2027, 1, 1), date(2027, 1, 31))

    assert "streak" not in dict(diary.earned)


def test_a_new_year_does_not_break_a_streak_of_days() -> None:
    """F28: three months of time travel, every single day."""
    diary = Diary(settings_of(streak="daily"), date(2026, 11, 21))

    diary.every_day(date(2026, 11, 21), date(2027, 2, 19))
    day_before = dict(diary.earned)
    diary.check_in(noon(date(2027, 2, 20)))

    assert "streak" not in day_before
    assert ("streak", "once") in diary.earned


def test_one_day_left_out_begins_a_new_run_and_takes_nothing_away() -> None:
    diary = Diary(settings_of(streak="daily", months=1), date(2026, 11, 1))
    diary.every_day(date(2026, 11, 1), date(2026, 11, 20))
    had = diary.points

    diary.every_day(date(2026, 11, 22), date(2026, 11, 30))

    assert "streak" not in dict(diary.earned)
    assert ("month", "2026-11") in diary.earned
    assert diary.points == had + 90
    assert "lost" not in str(GAME.view(diary.settings, diary.state, noon(date(2026, 11, 30))))


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 11, 1), 3, date(2027, 1, 31)),
        (date(2026, 11, 21), 3, date(2027, 2, 20)),
        (date(2026, 11, 29), 3, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 29), 3, date(2028, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 12, 1), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_month_ends_and_leap_days(start: date, months: int, last: date) -> None:
    """F28: the last day of a run of whole months, where months are not equally long."""
    assert last_day_of(start, months) == last


def test_a_later_start_never_ends_earlier() -> None:
    day, before = date(2026, 1, 1), date.min
    while day < date(2030, 1, 1):
        last = last_day_of(day, 3)

        assert last >= before
        before, day = last, day + timedelta(days=1)


def test_a_streak_over_a_leap_february() -> None:
    """F28."""
    diary = Diary(settings_of(streak="daily"), date(2027, 12, 1))

    diary.every_day(date(2027, 12, 1), date(2028, 2, 28))
    before = dict(diary.earned)
    diary.check_in(noon(date(2028, 2, 29)))

    assert "streak" not in before
    assert ("streak", "once") in diary.earned


def test_months_in_a_row_cross_the_year() -> None:
    assert months_around({"2026-11", "2026-12", "2027-01"}, "2027-01") == 3
    assert months_around({"2026-10", "2026-12", "2027-01"}, "2026-12") == 2
    assert months_around({"2026-10"}, "2026-11") == 0


def test_each_day_brings_its_card_and_keeps_the_next_one_covered() -> None:
    """F27: knowledge every day, and no lottery."""
    diary = Diary(settings_of(), date(2026, 11, 1))

    first = diary.check_in(noon(date(2026, 11, 1)))
    second = diary.check_in(noon(date(2026, 11, 2)))
    view = GAME.view(diary.settings, diary.state, noon(date(2026, 11, 2)))

    assert [first.reply["card"]["title"], second.reply["card"]["title"]] == ["知识卡c0", "知识卡c1"]
    assert second.reply["card"]["article"] == "DEP-5"
    assert "知识卡c2" not in str(view)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "连续3个自然月中，每个月都签到满15天"),
        ({"days_a_month": 20, "months": 2}, "连续2个自然月中，每个月都签到满20天"),
        ({"streak": "daily"}, "自某日起每天签到，至3个月后对应日期的前一天为止"),
        ({"make_up_days": 2}, "每月最多2天"),
        ({}, "不设补签"),
        ({"points_a_day": 5, "exchange_points": 150}, "每次签到得5积分；每150积分可兑换一份"),
        ({}, "不可兑换现金、礼品，不可转让"),
        ({"points_valid_days": 60}, "积分有效期至活动结束后第60天"),
    ],
)
def test_the_rules_say_what_was_chosen(chosen: dict[str, Any], said: str) -> None:
    """F28: the definition's text is generated from the configuration, in both languages."""
    rules = GAME.rules(settings_of(**chosen))

    assert any(said in rule.zh for rule in rules)
    assert all(rule.en for rule in rules)


def test_without_points_nothing_speaks_of_points() -> None:
    settings = settings_of(points_a_day=0)
    diary = Diary(settings, date(2026, 11, 1))

    diary.check_in(noon(date(2026, 11, 1)))

    assert not any("兑换一份" in rule.zh for rule in GAME.rules(settings))
    assert GAME.view(settings, diary.state, noon(date(2026, 11, 1)))["points"] is None
    assert diary.points == 0


def test_points_only_ever_become_a_service() -> None:
    """F29: points that nothing can be had for may not be submitted, and no setting names cash or goods."""
    useless = GAME.problems(settings_of(exchange_points=0))

    names = set(Settings.__dataclass_fields__)
    assert [problem.code for problem in useless] == ["points_without_use"]
    assert not names & {"cash", "money", "goods", "gift", "lottery", "transfer", "prize"}


def test_a_month_that_cannot_be_reached_is_said_calmly() -> None:
    diary = Diary(settings_of(), date(2026, 11, 20))

    diary.check_in(noon(date(2026, 11, 20)))
    goal = GAME.view(diary.settings, diary.state, noon(date(2026, 11, 20)))["goal"]

    assert goal == {"days": 15, "done": 1, "within_reach": False}
