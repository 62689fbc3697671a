"""What the board adds for games of two and for check-in: sides, conversion, calendar, return (F39)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count

from analytics.models import CheckInDay, Reached, Side, Tally
from analytics.stages import Stage
from campaigns.catalogue import game_called
from campaigns.models import Campaign

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
    shares: int
    people: Mapping[Stage, int]

    @property
    def conversion(self) -> float | None:
        """Bookings of those who sat down."""
        return self.people[Stage.BOOKED] / self.joined if self.joined else None


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
    known = dict(Side.objects.filter(campaign_id=campaign.id).values_list("participant_id", "seat"))
    joined = Counter(Side.objects.filter(campaign_id=campaign.id, joined=True).values_list("seat", flat=True))
    reached: defaultdict[str, Counter[Stage]] = defaultdict(Counter)
    for participant, stage in Reached.objects.filter(campaign_id=campaign.id).values_list(
        "participant_id", "stage"
    ):
        reached[known.get(participant, "")][Stage(stage)] += 1
    came, shares = Counter(known.values()), _shares(campaign.id)
    return tuple(
        SideFigure(
            seat=seat.key,
            zh=seat.words.zh,
            en=seat.words.en,
            standing=seat.standing,
            came=came[seat.key],
            joined=joined[seat.key],
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
    days: defaultdict[UUID, set[date]] = defaultdict(set)
    for participant, day in CheckInDay.objects.filter(campaign_id=campaign_id).values_list(
        "participant_id", "day"
    ):
        days[participant].add(_week(day))
    if not days:
        return ()
    last = max(max(weeks) for weeks in days.values())
    groups: defaultdict[date, list[set[date]]] = defaultdict(list)
    for weeks in days.values():
        groups[min(weeks)].append(weeks)
    return tuple(
        Cohort(
            week=first,
            people=len(members),
            back=tuple(_back(first + number * WEEK, members, last) for number in range(1, WEEKS_SHOWN + 1)),
        )
        for first, members in sorted(groups.items())
    )


def _back(week: date, members: list[set[date]], last: date) -> int | None:
    return sum(week in weeks for weeks in members) if week <= last else None


def _week(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def _shares(campaign_id: UUID) -> int:
    tallies = Tally.objects.filter(campaign_id=campaign_id, stage=Stage.SHARED)
    return sum(tallies.values_list("events", flat=True))
