"""Months of the ledger are made ahead, so that no entry ever waits for one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from kernel.timekeeping import local_day

AHEAD = 3


def prepare_months(*, now: datetime) -> list[str]:
    """Make the partitions of this month and the next ones; those that exist are left alone."""
    with connection.cursor() as cursor:
        made = []
        for month in _months(local_day(now), AHEAD + 1):
            cursor.execute("SELECT ledger_ensure_partition(%s)", [month])
            made.append(str(cursor.fetchone()[0]))
    return made


def _months(day: date, count: int) -> list[date]:
    first = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + count)]
