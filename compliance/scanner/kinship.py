"""Which known kind of offence a suspected passage comes nearest to, so a suspicion can name a way out.

Weights of pieces per category (`data/kinship.tsv`) are learned by `manage.py train_scanner` from the labelled
violations. `nearest(text)` promises a category only where it leads clearly; it excuses and condemns nothing.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from compliance.scanner.frames import frames_of
from compliance.scanner.likeness import grams

DATA = Path(__file__).resolve().parent.parent / "data" / "kinship.tsv"
SCALE = 100
LEAD = 4 * SCALE  # then right in 82 of 100 cases when cross-validated, for three suspicions in five
PER_CATEGORY = 150
SMALLEST = 0.5


def pieces_of(text: str) -> frozenset[str]:
    """The pieces of a normalised text that can speak for a category."""
    letters = (gram for gram in grams(text) if len(gram) > 1)
    return frozenset(letters) | frozenset(frame for frame in frames_of(text) if "…" not in frame)


@lru_cache(maxsize=1)
def _weights() -> dict[str, list[tuple[str, int]]]:
    table: dict[str, list[tuple[str, int]]] = {}
    with DATA.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            table.setdefault(row["piece"], []).append((row["category"], int(row["weight"])))
    return table


@lru_cache(maxsize=1024)
def nearest(text: str) -> str | None:
    """The category a normalised text reads most like, or None when none leads clearly."""
    scores: Counter[str] = Counter()
    for piece in sorted(pieces_of(text)):
        for category, weight in _weights().get(piece, ()):
            scores[category] += weight
    ranked = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0) if ranked else 0
    return ranked[0][0] if lead >= LEAD else None


def learned(cases: Iterable[tuple[frozenset[str], str]]) -> list[tuple[str, str, int]]:
    """Category, piece and weight, from the pieces of known violations and their categories."""
    everywhere: Counter[str] = Counter()
    within: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter()
    for pieces, category in cases:
        everywhere.update(pieces)
        within.setdefault(category, Counter()).update(pieces)
        sizes[category] += 1
    total = sizes.total()
    rows = []
    for category in sorted(within):
        weighed = [
            (piece, count, _weight(count, sizes[category], everywhere[piece], total))
            for piece, count in within[category].items()
            if count > 1
        ]
        weighed.sort(key=lambda one: (-one[2] * one[1] ** 0.7, one[0]))
        rows += [
            (category, piece, round(weight * SCALE))
            for piece, _, weight in weighed[:PER_CATEGORY]
            if weight > SMALLEST
        ]
    return rows


def _weight(count: int, size: int, everywhere: int, total: int) -> float:
    """How much more often the piece stands in this category than in all."""
    return math.log((count + 0.3) / (size + 1)) - math.log((everywhere + 0.3) / (total + 1))
