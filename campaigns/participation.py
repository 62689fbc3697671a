"""How many people took part, for lists of campaigns. Whoever counts them stands above and says so from its
``<app>/desk.py``: ``participation_counted_by(started_people)``, with ``started_people(ids) -> {id: people}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

Counting = Callable[[Sequence[UUID]], Mapping[UUID, int]]
_counting: list[Counting] = []


def participation_counted_by(source: Counting) -> None:
    """Name what counts; it asks one question for any number of campaigns."""
    _counting.append(source)


def participation_of(campaign_ids: Sequence[UUID]) -> dict[UUID, int]:
    """People who took part, by campaign; those in which nobody did are not in it."""
    found: dict[UUID, int] = {}
    for counted in _counting:
        found |= counted(campaign_ids)
    return found
