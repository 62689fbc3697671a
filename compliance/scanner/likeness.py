"""A second reader: how much a passage resembles what compliance has refused before.

A linear model over character n-grams and frames of meaning (`frames.py`), trained from the labelled sentences
by `manage.py train_scanner`, stored as weights in `data/likeness.tsv`. It runs offline, gives the same score
for the same words. What it suspects is explained by the kind it resembles (`kinship.py`), never by pieces.
"""

import math
import re
from functools import lru_cache
from pathlib import Path

from compliance.scanner.frames import frames_of

DATA = Path(__file__).resolve().parent.parent / "data" / "likeness.tsv"
SIZES = (1, 2, 3)
SCALE = 1000
NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,16})?")


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
def likeness(text: str) -> float:
    """The log-odds of an offence in a normalised text; 0 is even."""
    table = weights()
    carried: list[float] = []
    for pieces in (grams(text), meanings(text)):
        length = SCALE * math.sqrt(max(1, len(pieces)))
        carried += [table[piece] / length for piece in pieces if piece in table]
    return table.get("", 0) / SCALE + math.fsum(carried)
