"""What came in from outside as text: an id, a day. What is none is None; the door decides what that means."""

from __future__ import annotations

from datetime import date
from uuid import UUID

_FIRST, _LAST = 2000, 2999


def typed_id(text: str) -> UUID | None:
    """The id that was typed."""
    try:
        return UUID(text)
    except ValueError:
        return None


def typed_day(text: str) -> date | None:
    """The day that was typed, of this millennium: a day further off breaks what is reckoned from it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST <= day.year <= _LAST else None
