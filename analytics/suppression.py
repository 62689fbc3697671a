"""Small cells stay unseen (F73): neither shown, nor found by subtraction in a table or between two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

K = 5

Cells = Mapping[str, int | None]


def suppress(cells: Mapping[str, int], earlier: Iterable[Cells] = (), *, k: int = K) -> dict[str, int | None]:
    """The cells of one table whose total is known, with None for what must not be shown.

    1. A cell below ``k`` (but not nought) is hidden.
    2. A cell that differs by less than ``k`` from what an ``earlier`` table showed is hidden: the difference
       would be a small cell.
    3. What is hidden must not follow from the total: at least two cells are hidden, together ``k`` or more,
       or the smallest shown ones are hidden too.
    """
    shown_before = list(earlier)
    hidden = {
        name
        for name, value in cells.items()
        if 0 < value < k or any(_too_near(value, table.get(name), k) for table in shown_before)
    }
    left = sorted((value, name) for name, value in cells.items() if name not in hidden and value > 0)
    while hidden and left and (len(hidden) < 2 or sum(cells[name] for name in hidden) < k):
        hidden.add(left.pop(0)[1])
    return {name: None if name in hidden else value for name, value in cells.items()}


class Accuracy(TypedDict, total=False):
    """A share in whole percent, exact or bounded, or nothing at all."""

    exact: float
    at_least: int
    at_most: int


def accuracy_cell(answered: int | None, correct: int, *, k: int = K) -> Accuracy:
    """The share of right answers, bounded where the exact one would tell of fewer than ``k`` answers."""
    if not answered:
        return {}
    wrong = answered - correct
    if 0 < correct < k and 0 < wrong < k:
        return {}
    if 0 < wrong < k:
        return {"at_least": (answered - k) * 100 // answered}
    if 0 < correct < k:
        return {"at_most": -(-k * 100 // answered)}
    return {"exact": round(correct / answered, 4)}


def _too_near(value: int, before: int | None, k: int) -> bool:
    return before is not None and 0 < abs(value - before) < k
