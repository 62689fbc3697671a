"""Days, months and streaks as people in China count them. Pure arithmetic over the days of one play."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)

Days = dict[str, list[int]]  # "2026-11" → the days of that month, ascending


def day_of(now: datetime) -> date:
    """The calendar day in Asia/Shanghai."""
    return now.astimezone(SHANGHAI).date()


def seconds_left_of(now: datetime) -> int:
    """Whole seconds until the day in Asia/Shanghai is over, at least one."""
    local = now.astimezone(SHANGHAI)
    midnight = datetime.combine(local.date() + ONE_DAY, time.min, SHANGHAI)
    return ceil((midnight - local).total_seconds())


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def length_of(month: str) -> int:
    return monthrange(int(month[:4]), int(month[5:]))[1]


def first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def holds(days: Days, day: date) -> bool:
    return day.day in days.get(month_of(day), ())


def with_day(days: Days, day: date) -> Days:
    """The days with one more."""
    month = month_of(day)
    return {**days, month: sorted({*days.get(month, ()), day.day})}


def last_day_of(start: date, months: int) -> date:
    """The day that completes `months` months of daily check-ins begun on `start`.

    The day before the same date `months` months later; where that month has no such date, its last day.
    Begun on the 1st it is the last day of the last month; begun on 30 November, three months are complete on
    the last day of February, leap year or not.
    """
    year, number = divmod(start.year * 12 + start.month - 1 + months, 12)
    length = monthrange(year, number + 1)[1]
    if start.day > length:
        return date(year, number + 1, length)
    return date(year, number + 1, start.day) - ONE_DAY


def run_around(days: Days, day: date) -> tuple[date, date]:
    """The first and last day of the unbroken run that holds `day`."""
    first = last = day
    while holds(days, first - ONE_DAY):
        first -= ONE_DAY
    while holds(days, last + ONE_DAY):
        last += ONE_DAY
    return first, last


def months_around(full: Collection[str], month: str) -> int:
    """How many full months stand in a row with `month` among them; 0 when it is not full itself."""
    if month not in full:
        return 0
    ordered = sorted(full)
    place = ordered.index(month)
    first = last = place
    while first and month_after(ordered[first - 1]) == ordered[first]:
        first -= 1
    while last + 1 < len(ordered) and month_after(ordered[last]) == ordered[last + 1]:
        last += 1
    return last - first + 1
