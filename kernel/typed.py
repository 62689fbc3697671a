"""What came in from outside as text: an id, a day, an address, a length, a one-time code. What is no id or
day is None; the door decides what that means.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

_FIRST, _LAST = 2000, 2999
_LONGEST_NUMBER = 16
_LAST_PAGE = 1000


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


def typed_address(text: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none (``http://[::1``)."""
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")


def typed_length(text: str) -> int:
    """The length a header promises; nothing where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else 0


def typed_page(text: str) -> int:
    """The page that was asked for, of a list that has at most a thousand; the first where it is none."""
    number = typed_length(text)
    return number if 0 < number <= _LAST_PAGE else 1


def typed_code(text: str) -> str:
    """A one-time code as it was issued, however it was typed or pasted.

    Full-width and other digits become plain ones; blanks, dashes and marks nobody sees are left out.
    """
    signs = (sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum())
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in signs)
