"""The times on the booking form: a page of them, the way to the others, and the one that was chosen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from campaigns.player.booking_form import Form
from campaigns.player.wording import clock, weekday
from kernel.timekeeping import local_day
from kernel.typed import typed_id
from rewards.free_times import FIRST, Place, free_days, free_time, free_times
from rewards.models import Slot

TIMES_SHOWN = 12


def turns_page(form: Form) -> bool:
    """Whether the form was sent to see other times; nothing is checked or kept then."""
    return bool(form.values.get("turn"))


def times_offered(benefit_id: UUID, form: Form, *, now: datetime) -> dict[str, Any]:
    """The page of times that was asked for, or on which the form stood."""
    found = free_times(benefit_id, now=now, limit=TIMES_SHOWN, place=_place(form))
    chosen = typed_id(form.values.get("slot", ""))
    kept = None
    if chosen is not None and all(slot.id != chosen for slot in found.slots):
        kept = free_time(benefit_id, chosen, now=now)
    several = found.earlier or found.later
    return {
        "slots": [_offered(slot) for slot in found.slots],
        "kept_slot": _offered(kept) if kept else None,
        "times_earlier": str(found.slots[0].id) if found.earlier else "",
        "times_later": str(found.slots[-1].id) if found.later else "",
        "times_shown": str(found.slots[0].id) if found.earlier else "",
        "times_days": _days(free_days(benefit_id, now=now), found.slots[0]) if several else [],
        "times_most": TIMES_SHOWN,
        "times_turned": turns_page(form),
    }


def _place(form: Form) -> Place:
    """after:…, before:… or day of the button pressed; else where the form stood."""
    kind, _colon, named = form.values.get("turn", "").partition(":")
    match kind:
        case "after":
            return Place(after=typed_id(named))
        case "before":
            return Place(before=typed_id(named))
        case "day":
            return Place(day=_day(form.values.get("day", "")))
    shown = form.values.get("shown", "")
    return Place(at=typed_id(shown)) if shown else FIRST


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _offered(slot: Slot) -> dict[str, str]:
    return {"id": str(slot.id), "when": clock(slot.starts_at), "where": slot.branch.name}


def _days(days: list[date], first: Slot) -> list[dict[str, Any]]:
    shown = local_day(first.starts_at)
    return [{"key": day.isoformat(), "words": weekday(day), "chosen": day == shown} for day in days]
