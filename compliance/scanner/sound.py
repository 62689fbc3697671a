"""Words written by sound: 保ben, wen赚, 零feng险, baoben, and whole homophones (饱守意 for 保收益).

A text becomes a row of syllables; a term becomes the same; they are compared syllable by syllable.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from compliance.scanner.normalise import View

DATA = Path(__file__).resolve().parent.parent / "data"
LATIN = re.compile(r"[a-z]+")


@lru_cache(maxsize=1)
def sounds() -> dict[str, str]:
    with (DATA / "sounds.tsv").open(encoding="utf-8", newline="") as rows:
        return {
            character: row["sound"]
            for row in csv.DictReader(rows, delimiter="\t")
            for character in row["characters"]
        }


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    return frozenset(sounds().values()) | {"lv", "nv", "shei", "ei", "den"}


@lru_cache(maxsize=8192)
def syllables_of(run: str) -> tuple[str, ...]:
    """Cut a run of Latin letters into pinyin syllables, or give it back whole when it is no pinyin."""
    if len(run) > 40:
        return (run,)
    best: list[tuple[str, ...] | None] = [None] * (len(run) + 1)
    best[0] = ()
    for end in range(1, len(run) + 1):
        for begin in range(max(0, end - 6), end):
            before = best[begin]
            if before is None or run[begin:end] not in _syllables():
                continue
            candidate = (*before, run[begin:end])
            current = best[end]
            if current is None or len(candidate) < len(current):
                best[end] = candidate
    whole = best[len(run)]
    return whole if whole is not None else (run,)


@dataclass(frozen=True)
class SoundRow:
    """Syllables joined by bars, and for each the place in the view it was read from."""

    text: str
    begins: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    latin: tuple[bool, ...]


def sound_row(view: View) -> SoundRow:
    table = sounds()
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    latin: list[bool] = []
    text = view.text
    position = 0
    while position < len(text):
        run = LATIN.match(text, position)
        if run:
            cursor = position
            for syllable in syllables_of(run.group()):
                tokens.append(syllable)
                spans.append((cursor, cursor + len(syllable)))
                latin.append(True)
                cursor += len(syllable)
            position = run.end()
            continue
        character = text[position]
        if character != " ":
            tokens.append(table.get(character, character))
            spans.append((position, position + 1))
            latin.append(False)
        position += 1
    begins: list[int] = []
    length = 1
    for token in tokens:
        begins.append(length)
        length += len(token) + 1
    return SoundRow("|" + "|".join(tokens) + "|", tuple(begins), tuple(spans), tuple(latin))


def term_sound(term: str) -> str | None:
    """The term as syllables, or None when it is not made of known characters."""
    table = sounds()
    parts = [table.get(character) for character in term]
    if any(part is None for part in parts):
        return None
    return "|" + "|".join(part for part in parts if part) + "|"
