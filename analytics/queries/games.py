"""What the board adds for games of two and for check-in: sides, conversion, calendar, return (F39)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection
from django.db.models import Count

from analytics.models import CheckInDay, Side, Tally
from analytics.stages import Stage
from campaigns.catalogue import game_called
from campaigns.models import Campaign

_BY_SEAT = """
SELECT coalesce(seat, ''), stage, count(*), count(*) FILTER (WHERE joined)
  FROM analytics_reached LEFT JOIN analytics_side USING (institution_id, campaign_id, participant_id)
 WHERE campaign_id = %s GROUP BY 1, 2
"""
# Everybody's weeks, by the week they first came in.
_BY_WEEK = """
WITH weeks AS (
    SELECT DISTINCT participant_id, date_trunc('week', day)::date AS week
      FROM analytics_checkinday WHERE campaign_id = %s
), came AS (SELECT participant_id, min(week) AS first FROM weeks GROUP BY participant_id)
SELECT first, week, count(*) FROM weeks JOIN came USING (participant_id) GROUP BY 1, 2
"""

WEEK = timedelta(days=7)
WEEKS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class SideFigure:
    """One side of the parties: who came, who sat down, and how far they went."""

    seat: str
    zh: str
    en: str
    standing: str
    came: int
    joined: int
    joined_booked: int
    shares: int
    people: Mapping[Stage, int]

    @property
    def conversion(self) -> float | None:
        """Bookings of those who sat down, among those who sat down."""
        return self.joined_booked / self.joined if self.joined else None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who first checked in during one week, and how many came back in each week after."""

    week: date
    people: int
    back: tuple[int | None, ...]


def sides_of(campaign: Campaign) -> tuple[SideFigure, ...]:
    """The seats of the campaign's game in their order; none for games for one."""
    seats = game_called(campaign.game).seats
    if not seats:
        return ()
    came: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    for seat, has_joined, count in (
        Side.objects.filter(campaign_id=campaign.id)
        .values_list("seat", "joined")
        .annotate(count=Count("id"))
        .order_by()
    ):
        came[seat] += count
        joined[seat] += count if has_joined else 0
    reached: defaultdict[str, Counter[Stage]] = defaultdict(Counter)
    booked: Counter[str] = Counter()
    for seat, stage, people, of_joined in _asked(_BY_SEAT, campaign.id):
        reached[seat][Stage(stage)] = people
        booked[seat] += of_joined if stage == Stage.BOOKED else 0
    shares = _shares(campaign.id)
    return tuple(
        SideFigure(
            seat=seat.key,
            zh=seat.words.zh,
            en=seat.words.en,
            standing=seat.standing,
            came=came[seat.key],
            joined=joined[seat.key],
            joined_booked=booked[seat.key],
            shares=shares if seat is seats[0] else 0,  # only who opened a party can pass it on
            people={stage: reached[seat.key][stage] for stage in Stage},
        )
        for seat in seats
    )


def calendar_of(campaign_id: UUID) -> tuple[CalendarDay, ...]:
    """People who checked in on each day, from the first to the last, quiet days included."""
    rows = CheckInDay.objects.filter(campaign_id=campaign_id).values("day").annotate(people=Count("id"))
    counted = dict(rows.values_list("day", "people"))
    if not counted:
        return ()
    first, last, most = min(counted), max(counted), max(counted.values())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(CalendarDay(day, counted.get(day, 0), counted.get(day, 0) / most) for day in days)


def cohorts_of(campaign_id: UUID) -> tuple[Cohort, ...]:
    """Return by the week of the first check-in; a week that has not come yet is unknown, not nought."""
    counted = {(first, week): people for first, week, people in _asked(_BY_WEEK, campaign_id)}
    last = max((week for _first, week in counted), default=None)
    return tuple(
        Cohort(
            week=first,
            people=counted[first, first],
            back=tuple(
                counted.get((first, week), 0) if week <= last else None
                for week in (first + number * WEEK for number in range(1, WEEKS_SHOWN + 1))
            ),
        )
        for first in sorted({first for first, _week in counted})
        if last is not None
    )


def _asked(question: LiteralString, campaign_id: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, [campaign_id])
        return list(cursor.fetchall())


def _shares(campaign_id: UUID) -> int:
    tallies = Tally.objects.filter(campaign_id=campaign_id, stage=Stage.SHARED)
    return sum(tallies.values_list("events", flat=True))
