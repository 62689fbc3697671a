"""Unfinished drafts made readable for a preview: gaps are filled, strays dropped, nothing is written back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.catalogue import games
from campaigns.content import Content, Unreadable, read_content
from campaigns.games.base import Json, Problem
from kernel.timekeeping import local_day

_MOST_GAPS = 200
_LISTS = ("questions", "options", "rules", "disclaimers", "channels", "contact_fields")
_MAPS = ("settings", "awards")


def mended(written: Mapping[str, Any], now: datetime) -> Content:
    """The content, with gaps filled. Raises Unreadable when it is beyond mending."""
    draft: Json = copy.deepcopy(dict(written))
    for _turn in range(_MOST_GAPS):
        try:
            return read_content(draft)
        except Unreadable as unreadable:
            for problem in unreadable.problems:
                _mend(draft, problem, now)
    return read_content(draft)


def shown_first(written: Mapping[str, Any], item: int) -> Json:
    """The draft turned so that a phone opens on one thing of it: a question in front, or as the game says."""
    settings: Any = written.get("settings")
    game = games().get(str(written.get("game")))
    if game is not None and isinstance(settings, dict):
        written = {**written, "settings": (settings := game.opened_on(settings, item))}
    questions = settings.get("questions") if isinstance(settings, dict) else None
    if not isinstance(questions, list) or not 0 <= item < len(questions):
        return dict(written)
    turned = {**settings, "questions": [*questions[item:], *questions[:item]], "per_play": 0}
    return {**written, "settings": {**turned, "shuffle": False} if "shuffle" in turned else turned}


def _mend(draft: Json, problem: Problem, now: datetime) -> None:
    *way, name = problem.path.split(".")
    holder: Any = draft
    for part in way:
        holder = _within(holder, part)
    if isinstance(holder, list):
        if name.isdigit() and int(name) < len(holder):
            del holder[int(name)]
    elif isinstance(holder, dict):
        if problem.code == "unknown_field":
            holder.pop(name, None)
        else:
            holder[name] = _filler(name, now)


def _within(holder: Any, part: str) -> Any:
    if isinstance(holder, list) and part.isdigit() and int(part) < len(holder):
        return holder[int(part)]
    return holder.get(part) if isinstance(holder, dict) else None


def _filler(name: str, now: datetime) -> Any:
    """Something of the right kind for a field of that name."""
    if name in _LISTS:
        return []
    if name in _MAPS:
        return {}
    if name in ("starts_on", "ends_on"):
        return local_day(now).isoformat()
    known: dict[str, Any] = {
        "title": _("活动标题"),
        "promise": _("一句话介绍"),
        "minutes": 3,
        "pass_mark": 80,
        "attempts": 3,
        "per_play": 0,
        "time_limit_minutes": 0,
        "shuffle": True,
        "id": "?",
    }
    return known.get(name, "")
