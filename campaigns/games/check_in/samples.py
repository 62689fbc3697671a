"""Short plays with their outcome, replayed by the contract test. They begin on 21 November 2026, at noon."""

from __future__ import annotations

from datetime import timedelta

from campaigns.games.base import Json, Move, Sample

CHECK = Move("check_in")
DAY = timedelta(days=1)


def example_card(key: str) -> Json:
    """A card for samples and tests."""
    return {
        "id": key,
        "title": f"知识卡{key}",
        "text": f"存款保险的偿付限额为50万元（{key}）。",
        "article": "DEP-5",
        "topic": "存款保险",
    }


def make_up(day: str) -> Move:
    return Move("make_up", {"day": day})


def daily(days: int) -> list[Move | timedelta]:
    """A check-in on each of so many days."""
    return [step for _ in range(days) for step in (CHECK, DAY)]


BASE: Json = {"cards": [example_card(key) for key in ("c1", "c2", "c3")], "days_a_month": 3}

SAMPLES = (
    Sample("three days of a month earn its service", settings=BASE, moves=daily(3), earns=["month"]),
    Sample("two days do not", settings=BASE, moves=daily(2)),
    Sample(
        "days need not be in a row",
        settings=BASE,
        moves=[CHECK, DAY, DAY, CHECK, DAY, DAY, CHECK],
        earns=["month"],
    ),
    Sample("a second tap on the same day is told the same", settings=BASE, moves=[CHECK, CHECK, CHECK]),
    Sample("a month's service is earned once", settings=BASE, moves=daily(8), earns=["month"]),
    Sample(
        "days of two months are not added up",
        settings=BASE,
        moves=[CHECK, DAY, CHECK, timedelta(days=9), CHECK, DAY, CHECK],
    ),
    Sample(
        "so many days in each of two months make the streak",
        settings={**BASE, "months": 2},
        moves=[*daily(3), timedelta(days=10), *daily(3)],
        earns=["month", "month", "streak"],
    ),
    Sample(
        "a month left out starts the streak again",
        settings={**BASE, "months": 2},
        moves=[*daily(3), timedelta(days=45), *daily(3)],
        earns=["month", "month"],
    ),
    Sample(
        "every day for one month is 30 days from 21 November",
        settings={**BASE, "streak": "daily", "months": 1, "days_a_month": 28},
        moves=daily(30),
        earns=["streak"],
    ),
    Sample(
        "one day short is no streak",
        settings={**BASE, "streak": "daily", "months": 1, "days_a_month": 28},
        moves=daily(29),
    ),
    Sample(
        "one missed day begins a new run and takes nothing away",
        settings={**BASE, "streak": "daily", "months": 1, "days_a_month": 28},
        moves=[*daily(20), DAY, *daily(29)],
        earns=["month"],
    ),
    Sample(
        "make-up is off unless the institution allows it",
        settings=BASE,
        moves=[CHECK, DAY, DAY, make_up("2026-11-22")],
        refused="no_make_up",
    ),
    Sample(
        "an allowed make-up day counts",
        settings={**BASE, "make_up_days": 1},
        moves=[CHECK, DAY, DAY, CHECK, make_up("2026-11-22")],
        earns=["month"],
    ),
    Sample(
        "no more make-up days than allowed",
        settings={**BASE, "make_up_days": 1},
        moves=[
            CHECK,
            *[DAY] * 4,
            make_up("2026-11-22"),
            make_up("2026-11-23"),
        ],
        refused="no_make_up",
    ),
    Sample(
        "tomorrow cannot be made up",
        settings={**BASE, "make_up_days": 5},
        moves=[CHECK, make_up("2026-11-22")],
        refused="no_make_up",
    ),
    Sample(
        "enough points become a service",
        settings={**BASE, "points_a_day": 10, "exchange_points": 20},
        moves=[*daily(2), Move("exchange")],
        earns=["exchange"],
    ),
    Sample(
        "too few points do not",
        settings={**BASE, "points_a_day": 10, "exchange_points": 20},
        moves=[CHECK, Move("exchange")],
        refused="not_enough_points",
    ),
    Sample(
        "points are spent once",
        settings={**BASE, "points_a_day": 10, "exchange_points": 20},
        moves=[*daily(3), Move("exchange"), Move("exchange")],
        earns=["month", "exchange"],
        refused="not_enough_points",
    ),
)
