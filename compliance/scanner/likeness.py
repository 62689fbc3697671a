"""A second reader: how much a sentence resembles what compliance has refused before.

A linear model over character n-grams, trained from the labelled sentences by `manage.py train_scanner`,
stored as weights in `data/likeness.tsv`. It runs offline, gives the same score for the same words, and
explains itself by the n-grams that weighed most.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "likeness.tsv"
SIZES = (1, 2, 3)
SCALE = 1000


def grams(text: str) -> list[str]:
    """The distinct n-grams of a normalised text, edges marked, in order."""
    marked = f"^{text}$"
    return list(
        dict.fromkeys(
            marked[begin : begin + size] for size in SIZES for begin in range(len(marked) - size + 1)
        )
    )


@dataclass(frozen=True)
class Likeness:
    """How alike (0–1), and the n-grams that said so, strongest first."""

    score: float
    because: tuple[str, ...]


@lru_cache(maxsize=1)
def weights() -> dict[str, int]:
    """Weight of each n-gram, in thousandths; the empty one is the bias."""
    table: dict[str, int] = {}
    with DATA.open(encoding="utf-8") as rows:
        next(rows)
        for row in rows:
            gram, _, weight = row.rstrip("\n").partition("\t")
            table[gram] = int(weight)
    return table


def likeness(text: str) -> Likeness:
    """Score a normalised text."""
    table = weights()
    found = grams(text)
    length = math.sqrt(max(1, len(found)))
    carried = [(table[gram], gram) for gram in found if gram in table]
    total = table.get("", 0) / SCALE + sum(weight for weight, _ in carried) / SCALE / length
    strongest = sorted(carried, key=lambda one: (-one[0], one[1]))[:5]
    because = tuple(gram.strip("^$") for weight, gram in strongest if weight > 0 and gram.strip("^$"))
    return Likeness(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), because)
