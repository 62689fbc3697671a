"""Calendar arithmetic for people in China. Time is always handed in; nothing here reads a clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_day(now: datetime) -> date:
    """The calendar day in Asia/Shanghai at ``now`` (aware)."""
    return now.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Asia/Shanghai at which ``day`` begins."""
    return datetime.combine(day, time.min, SHANGHAI)


def end_of_day(day: date) -> datetime:
    """The first moment after ``day`` in Asia/Shanghai."""
    return start_of_day(day + timedelta(days=1))


def whole_days_after(now: datetime, days: int) -> datetime:
    """When something ends that lasts ``days`` more days: with the last of them, which counts in full."""
    return end_of_day(local_day(now) + timedelta(days=days))


def spoken_moment(moment: datetime) -> str:
    """11月4日 09:30 in Shanghai, as messages and pages of the house write it: no day begins with a nought."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def is_midnight(moment: datetime) -> bool:
    """Whether a day of Shanghai begins at this very moment."""
    return moment.astimezone(SHANGHAI).time() == time.min


def last_whole_day(end: datetime) -> date:
    """The last day that is over when ``end`` comes: the day to print as the last on which something holds."""
    return local_day(end) - timedelta(days=1)
