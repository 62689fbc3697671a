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

DATA = Path(__file__).resolve().parent.parent / "data"

SENTENCE_MARKS = frozenset("。!?;,、:\n")
KEPT_MARKS = frozenset('《》“”‘’「」『』"%+.()/&~-—')
BETWEEN_LETTERS = frozenset(".%+-/&~")
FRAGMENT_STOP = frozenset("是对不好的了吗呢吧啊或与和及以请注有无甲乙丙丁一二三四五六七八九十")
CAPITAL_NUMBERS = str.maketrans("壹贰叁肆伍陆柒捌玖拾〇○", "一二三四五六七八九十零零")
GIFTS = {"🧧": "红包", "➕": "加"}


def _is_cjk(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "豈" <= character <= "龥"


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    with (DATA / "traditional.tsv").open(encoding="utf-8", newline="") as rows:
        return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(rows, delimiter="\t")}


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


_Cells = list[tuple[str, int, int]]


def _expand(text: str) -> _Cells:
    cells: _Cells = []
    simplified = _simplified()
    for position, character in enumerate(text):
        if character in GIFTS and not (cells and cells[-1][0] == "红"):
            cells.extend((part, position, position + 1) for part in GIFTS[character])
            continue
        for part in unicodedata.normalize("NFKC", character).lower():
            if unicodedata.category(part) in {"Cc", "Cf", "Mn", "Me", "Co", "Cs"} and part != "\n":
                continue
            meant = simplified.get(ord(part), part).translate(CAPITAL_NUMBERS)
            cells.append((meant, position, position + 1))
    return cells


def _is_noise(character: str) -> bool:
    if character in SENTENCE_MARKS or character in KEPT_MARKS:
        return False
    return not (character.isalnum() or _is_cjk(character))


def _without_noise(cells: _Cells) -> _Cells:
    kept: _Cells = []
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


def _without_wedges(cells: _Cells) -> _Cells:
    """Drop a mark that was wedged between single characters (保、本 / 稳.赚), keep real punctuation."""
    joined: _Cells = []
    count = len(cells)
    for index, cell in enumerate(cells):
        character = cell[0]
        if character in SENTENCE_MARKS | KEPT_MARKS and character not in "%\n《》":
            before = joined[-1][0] if joined else ""
            after = cells[index + 1][0] if index + 1 < count else ""
            if before and after and _is_cjk(before) and _is_cjk(after):
                if character in BETWEEN_LETTERS:
                    continue
                if character in "。,、;!:" and _lone(cells, index, before, after):
                    continue
        joined.append(cell)
    return joined


def _lone(cells: _Cells, index: int, before: str, after: str) -> bool:
    """Is the character on either side alone between two marks, as in 保,本?"""
    marks = SENTENCE_MARKS

    def alone(position: int) -> bool:
        left = cells[position - 1][0] if position > 0 else "\n"
        right = cells[position + 1][0] if position + 1 < len(cells) else "\n"
        return left in marks and right in marks

    return (alone(index - 1) and before not in FRAGMENT_STOP) or (
        alone(index + 1) and after not in FRAGMENT_STOP
    )


def _undisguise(cells: _Cells) -> _Cells:
    pattern, undo, unless = _disguises()
    text = "".join(cell[0] for cell in cells)
    out: _Cells = []
    cursor = 0
    for hit in pattern.finditer(text):
        written = hit.group()
        guard = unless.get(written)
        if guard and any(m.start() <= hit.start() < m.end() for m in guard.finditer(text)):
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
    cells = _undisguise(_without_wedges(_without_noise(_expand(text))))
    return View(
        original=text,
        text="".join(cell[0] for cell in cells),
        starts=tuple(cell[1] for cell in cells),
        ends=tuple(cell[2] for cell in cells),
    )
