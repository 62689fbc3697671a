"""Monthly editions (期): when each opens, in Shanghai's days, and what nobody shall meet twice. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
REST = 3  # editions, the running one among them, in which nobody gets a question twice (F30)


@dataclass(frozen=True)
class Series:
    """An edition opens each month at midnight of this day; in a shorter month, of its last day."""

    monthly_on: int

    def edition_on(self, day: date) -> date:
        """The opening day of the edition that runs on this day: it names the edition."""
        opening = self._in_month(day.year, day.month)
        return opening if opening <= day else self.before(opening)

    def edition_at(self, moment: datetime) -> date:
        """The opening day of the edition that runs at this moment."""
        return self.edition_on(moment.astimezone(SHANGHAI).date())

    def after(self, opening: date) -> date:
        """The opening day of the next edition."""
        following = opening.replace(day=1) + timedelta(days=31)
        return self._in_month(following.year, following.month)

    def before(self, opening: date) -> date:
        """The opening day of the edition before."""
        earlier = opening.replace(day=1) - timedelta(days=1)
        return self._in_month(earlier.year, earlier.month)

    def rest_begins(self, opening: date) -> date:
        """The opening day of the first edition whose questions are not asked again in this one."""
        for _edition in range(REST - 1):
            opening = self.before(opening)
        return opening

    def openings(self, first: date, last: date) -> list[date]:
        """The opening days of every edition of a campaign; it begins within the first of them."""
        found = [self.edition_on(first)]
        while (following := self.after(found[-1])) <= last:
            found.append(following)
        return found

    def number(self, first: date, opening: date) -> int:
        """Which edition of the campaign it is, counted from 1."""
        begun = self.edition_on(first)
        return (opening.year - begun.year) * 12 + opening.month - begun.month + 1

    def _in_month(self, year: int, month: int) -> date:
        return date(year, month, min(self.monthly_on, monthrange(year, month)[1]))


def rested(pool: Sequence[str], met: Sequence[Sequence[str]], wanted: int) -> list[str]:
    """Which of the pool may be drawn from: what the person did not meet, and if that is too little, as many
    of the others as are missing, those met longest ago first.

    `met` holds what earlier plays asked, the latest first.
    """
    ago = {key: place for place, asked in reversed(list(enumerate(met))) for key in asked}
    fresh = [key for key in pool if key not in ago]
    if len(fresh) >= wanted:
        return fresh
    again = sorted((key for key in pool if key in ago), key=lambda key: -ago[key])
    chosen = {*fresh, *again[: wanted - len(fresh)]}
    return [key for key in pool if key in chosen]
