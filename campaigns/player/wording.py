"""Days, moments and words as people here read them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation

from campaigns.games.base import Words
from kernel.timekeeping import SHANGHAI, last_whole_day, local_day


def in_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def spoken(words: Words) -> str:
    """The sentence in the active language."""
    return words.en if in_english() else words.zh


def period(starts_on: date, ends_on: date) -> str:
    """2026年11月21日至12月31日; the year once when both days share it."""
    if in_english():
        return f"{starts_on:%-d %b %Y} – {ends_on:%-d %b %Y}"
    last = f"{ends_on.month}月{ends_on.day}日"
    if ends_on.year != starts_on.year:
        last = f"{ends_on.year}年{last}"
    return f"{starts_on.year}年{starts_on.month}月{starts_on.day}日至{last}"


def day(moment: datetime) -> str:
    """2026年11月21日, in Shanghai."""
    return _written(local_day(moment))


def day_typed(text: str) -> str:
    """2026年11月21日 for ``2026-11-21``, as drafts hold it; anything else as it stands."""
    try:
        return _written(date.fromisoformat(text))
    except ValueError:
        return text


def last_day(end: datetime) -> str:
    """2026年11月21日: the last whole day on which something holds that ends at ``end``."""
    return _written(last_whole_day(end))


def _written(on: date) -> str:
    return f"{on:%-d %b %Y}" if in_english() else f"{on.year}年{on.month}月{on.day}日"


def clock(moment: datetime) -> str:
    """11月24日 周二 10:00, in Shanghai."""
    local = moment.astimezone(SHANGHAI)
    if in_english():
        return f"{local:%a %-d %b, %H:%M}"
    return f"{weekday(local)} {local:%H:%M}"


def weekday(on: date) -> str:
    """11月24日 周二."""
    if in_english():
        return f"{on:%a %-d %b}"
    return f"{on.month}月{on.day}日 周{'一二三四五六日'[on.weekday()]}"
