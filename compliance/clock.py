"""Working days of the Chinese calendar: public holidays off, make-up weekends on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import chinese_calendar

from kernel.timekeeping import SHANGHAI

CLOSING = time(18, 0)
# 《全国年节及纪念日放假办法》(State Council, Order 795 of 2024), article 2: New Year, Labour, National Day.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
HIGH_RISK = 60
JOINT_RISK = 35


def is_working_day(day: date) -> bool:
    """As announced by the State Council.

    A year that is not announced yet goes by Monday to Friday, less the holidays that fall on the same day
    every year; those of the moon, and the weekends worked for them, are known when the year is announced.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def due_after(start: datetime, working_days: int) -> datetime:
    """Close of business on the n-th working day after the one on which it starts."""
    day = start.astimezone(SHANGHAI).date()
    remaining = working_days
    while remaining > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            remaining -= 1
    return datetime.combine(day, CLOSING, tzinfo=SHANGHAI)


def working_days_for(risk: int) -> int:
    """How long a stage may take: simple matters one working day, grave ones three."""
    if risk >= HIGH_RISK:
        return 3
    return 2 if risk >= JOINT_RISK else 1
