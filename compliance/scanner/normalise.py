"""Undo disguises before matching, and remember where every character came from.

`normalise(text)` promises a `View`: lower-case, half-width, simplified, without the spaces, symbols and emoji
that were slipped between characters, with known look-alikes put right; `view.span(a, b)` gives back the code
points of the original text. Sentence punctuation stays, because context is read from it.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from compliance.scanner.spans import Spans
from compliance.scanner.wedges import KEPT_MARKS, SENTENCE_MARKS, Cells, is_cjk, without_wedges

DATA = Path(__file__).resolve().parent.parent / "data"

CAPITAL_NUMBERS = str.maketrans("壹贰叁肆伍陆柒捌玖拾〇○", "一二三四五六七八九十零零")
STROKES = frozenset("丶丨卍卐")  # letters by name, wedges by use
GIFTS = {"🧧": "红包", "➕": "加"}
DOTTED_U = str.maketrans("üǖǘǚǜÜǕǗǙǛ", "vvvvvvvvvv")
SIGNS = str.maketrans("‥⋯︙✓✔✅☑✗✘❌✖", "………√√√√××××")


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    with (DATA / "traditional.tsv").open(encoding="utf-8", newline="") as rows:
        table = {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(rows, delimiter="\t")}
    _, undo, unless = _disguises()
    return table | {ord(sign): meant for sign, meant in undo.items() if len(sign) == 1 and sign not in unless}


@lru_cache(maxsize=1)
def _disguises() -> tuple[re.Pattern[str], dict[str, str], dict[str, re.Pattern[str]]]:
    """Look-alikes and split characters: one alternation to find them, a table to undo them."""
    undo: dict[str, str] = {}
    unless: dict[str, re.Pattern[str]] = {}
    with (DATA / "disguises.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            undo[row["written"]] = row["meant"]
            if row["unless"]:
                unless[row["written"]] = re.compile(row["unless"])
    longest_first = sorted(undo, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), undo, unless


@dataclass(frozen=True)
class View:
    """A text with its disguises undone. `starts[i]` and `ends[i]` bound character i in the original."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        return self.starts[begin], max(self.ends[begin:end])


def _expand(text: str) -> Cells:
    cells: Cells = []
    simplified = _simplified()
    for position, character in enumerate(text.translate(DOTTED_U).translate(SIGNS)):
        if character in GIFTS and not (cells and cells[-1][0] == "红"):
            cells.extend((part, position, position + 1) for part in GIFTS[character])
            continue
        if character == "…":
            cells.append((character, position, position + 1))
            continue
        for part in unicodedata.normalize("NFKD", character).lower():
            if unicodedata.category(part) in {"Cc", "Cf", "Mn", "Me", "Co", "Cs"} and part != "\n":
                continue
            if "\u3041" <= part <= "\u30ff":  # the の in 零の风の险
                continue
            meant = simplified.get(ord(part), part).translate(CAPITAL_NUMBERS)
            cells.append((meant, position, position + 1))
    return cells


def _is_noise(character: str) -> bool:
    if character in SENTENCE_MARKS or character in KEPT_MARKS:
        return False
    if character in STROKES:
        return True
    return not (character.isalnum() or is_cjk(character))


def _without_noise(cells: Cells) -> Cells:
    kept: Cells = []
    broken = False  # a space or symbol stood before this character
    for cell in cells:
        character = cell[0]
        if _is_noise(character):
            broken = broken or not character.isspace() or bool(kept)
            continue
        if broken and kept and kept[-1][0].isascii() and character.isascii() and character.isalnum():
            kept.append((" ", kept[-1][2], cell[1]))
        broken = False
        kept.append(cell)
    return kept


def _undisguise(cells: Cells) -> Cells:
    pattern, undo, unless = _disguises()
    text = "".join(cell[0] for cell in cells)
    out: Cells = []
    cursor = 0
    spared: dict[str, Spans] = {}
    for hit in pattern.finditer(text):
        written = hit.group()
        if written in unless:
            if written not in spared:
                spared[written] = Spans(met.span() for met in unless[written].finditer(text))
            if spared[written].hold(hit.start(), hit.start() + 1):
                continue
        out.extend(cells[cursor : hit.start()])
        meant = undo[written]
        if len(meant) == len(written):
            out.extend(
                (character, cells[hit.start() + offset][1], cells[hit.start() + offset][2])
                for offset, character in enumerate(meant)
            )
        else:
            begin, end = cells[hit.start()][1], cells[hit.end() - 1][2]
            out.extend((character, begin, end) for character in meant)
        cursor = hit.end()
    out.extend(cells[cursor:])
    return out


@lru_cache(maxsize=4096)
def normalise(text: str) -> View:
    cells = _undisguise(without_wedges(_without_noise(_expand(text))))
    return View(
        original=text,
        text="".join(cell[0] for cell in cells),
        starts=tuple(cell[1] for cell in cells),
        ends=tuple(cell[2] for cell in cells),
    )
