"""A second reader: how much a passage resembles what compliance has refused before.

A linear model over character n-grams and frames of meaning (`frames.py`), trained from the labelled sentences
by `manage.py train_scanner`, stored as weights in `data/likeness.tsv`. It runs offline, gives the same score
for the same words, and explains itself by the pieces that weighed most.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from compliance.scanner.frames import frame_label, frames_of

DATA = Path(__file__).resolve().parent.parent / "data" / "likeness.tsv"
SIZES = (1, 2, 3)
SCALE = 1000
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def grams(text: str) -> list[str]:
    """The distinct n-grams of a normalised text, edges marked, numbers alike, in order."""
    marked = f"^{NUMBER.sub('0', text)}$"
    return list(
        dict.fromkeys(
            marked[begin : begin + size] for size in SIZES for begin in range(len(marked) - size + 1)
        )
    )


def meanings(text: str) -> list[str]:
    """The frames of a normalised text. Where it stands is no evidence: an explanation can promise too."""
    return frames_of(text) or ["«»"]


@dataclass(frozen=True)
class Likeness:
    """The log-odds of an offence (0: even), and the pieces that said so, strongest first."""

    score: float
    because: tuple[str, ...]


@lru_cache(maxsize=1)
def weights() -> dict[str, int]:
    """Weight of each piece, in thousandths; the empty one is the bias."""
    table: dict[str, int] = {}
    with DATA.open(encoding="utf-8") as rows:
        next(rows)
        for row in rows:
            piece, _, weight = row.rstrip("\n").partition("\t")
            table[piece] = int(weight)
    return table


@lru_cache(maxsize=4096)
def likeness(text: str) -> Likeness:
    """Score a normalised text."""
    table = weights()
    carried: list[tuple[float, str]] = []
    for pieces in (grams(text), meanings(text)):
        length = SCALE * math.sqrt(max(1, len(pieces)))
        carried += [(table[piece] / length, piece) for piece in pieces if piece in table]
    total = table.get("", 0) / SCALE + math.fsum(weight for weight, _ in carried)
    return Likeness(total, _reasons(carried))


def _reasons(carried: list[tuple[float, str]]) -> tuple[str, ...]:
    strongest = sorted(carried, key=lambda one: (-one[0], one[1]))[:8]
    told = (frame_label(piece.strip("^$")) for weight, piece in strongest if weight > 0 and "«»" not in piece)
    return tuple(dict.fromkeys(piece for piece in told if piece))[:5]
