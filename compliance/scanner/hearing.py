"""Hear what was written by sound or by initials: 宝笨, 收yi, 零f险, lfx. The field is then read again.

`hear(view)` promises a view in which each word of `data/heard.tsv` (and each blocking term) stands as meant,
pointing at the same code points, or None where nothing of the kind is met. A homophone is heard only where
the characters make no ordinary word, alone or with their neighbours (`data/ordinary.tsv`). Nothing is found
by hearing alone: the rules and the context read what was heard as they read what was written.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import ahocorasick_rs

from compliance.scanner.normalise import DATA, View
from compliance.scanner.pack import default_pack
from compliance.scanner.sound import SoundRow, sound_row, sounds, term_sound
from compliance.scanner.wedges import is_cjk

RUN = re.compile(r"[a-z]+")
NUMBERED = re.compile(r"[-.~/]?\d|\d[-.~/]?$")
MASKED = 6  # the longest term of which some characters may be written as initials
PLAIN_ONLY = frozenset({"顶级", "存款", "贷款", "放款", "下款"})  # D级, C款: names of grades and models


@dataclass(frozen=True)
class _Word:
    word: str
    ordinary: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Ear:
    """What can be heard: by sound, with initials among characters, by initials alone."""

    sounds: ahocorasick_rs.AhoCorasick
    sounded: tuple[_Word, ...]
    masks: ahocorasick_rs.AhoCorasick
    masked: tuple[str, ...]
    codes: dict[str, str]


# Two initials stand for too many words; two such pairs in one field stand for these.
PAIRED = {
    "ck": "存款", "bx": "保险", "lx": "利息", "lc": "理财", "jj": "基金", "sy": "收益", "bj": "本金",
    "fx": "风险", "bb": "保本", "dk": "贷款", "zx": "征信", "gp": "股票", "cp": "产品", "nh": "年化",
    "wz": "稳赚",
}  # fmt: skip
Piece = tuple[int, int, str]


@lru_cache(maxsize=1)
def _ordinary() -> dict[str, frozenset[str]]:
    with (DATA / "ordinary.tsv").open(encoding="utf-8", newline="") as rows:
        return {row["first"]: frozenset(row["second"]) for row in csv.DictReader(rows, delimiter="\t")}


@lru_cache(maxsize=1)
def _ear() -> _Ear:
    words: list[_Word] = []
    codes: dict[str, str] = {}
    with (DATA / "heard.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            words.append(_Word(row["word"], frozenset(row["ordinary"].split("|"))))
            if row["code"]:
                codes.setdefault(row["code"], row["word"])
    terms = [
        term.term for term in default_pack().terms if term.severity == "block" and all(map(is_cjk, term.term))
    ]
    known = [word.word for word in words]
    masks: dict[str, str] = {}
    for term in (*known, *(term for term in terms if len(term) >= 3)):
        initials = _initials(term)
        if initials is None or len(term) > MASKED or term in PLAIN_ONLY:
            continue
        for mask in _masks(term, initials):
            masks.setdefault(mask, term)
    for term in terms:
        initials = _initials(term)
        if initials and len(term) >= 4:
            codes.setdefault("".join(initials), term)
    words += [_Word(term) for term in terms if len(term) > 3]
    sounded = [(sound, word) for word in words if (sound := term_sound(word.word))]
    return _Ear(
        sounds=ahocorasick_rs.AhoCorasick([sound for sound, _ in sounded]),
        sounded=tuple(word for _, word in sounded),
        masks=ahocorasick_rs.AhoCorasick(list(masks)),
        masked=tuple(masks.values()),
        codes=codes,
    )


def _initials(term: str) -> list[str] | None:
    heard = [sounds().get(character) for character in term]
    return None if None in heard else [sound[0] for sound in heard if sound]


def _masks(term: str, initials: list[str]) -> Iterator[str]:
    """Every way to write some of the characters, not all, by their initials."""
    for plan in product((True, False), repeat=len(term)):
        if any(plan) and not all(plan):
            yield "".join(a if kept else b for a, b, kept in zip(term, initials, plan, strict=True))


def hear(view: View) -> View | None:
    """The view with what was heard in its place, or None."""
    text = view.text
    pieces = _apart([*_coded(text), *_masked(text), *_sounded(view)])
    return _replaced(view, pieces) if pieces else None


def _coded(text: str) -> Iterator[Piece]:
    codes = _ear().codes
    pairs = {run.group() for run in RUN.finditer(text)} & PAIRED.keys()
    paired = len(pairs) > 1 and any(map(is_cjk, text))
    for run in RUN.finditer(text):
        meant = codes.get(run.group())
        meant = (paired and PAIRED.get(run.group())) or meant
        if meant and not _beside_digit(text, *run.span()):
            yield run.start(), run.end(), meant


def _beside_digit(text: str, begin: int, end: int) -> bool:
    """BB-2046 is a number, whatever its letters could stand for."""
    return NUMBERED.search(text[max(0, begin - 2) : begin]) is not None or (
        NUMBERED.match(text[end : end + 2]) is not None
    )


def _masked(text: str) -> Iterator[Piece]:
    ear = _ear()
    if not RUN.search(text):
        return
    for number, begin, end in ear.masks.find_matches_as_indexes(text, overlapping=True):
        if _cut(text, begin) or _cut(text, end):
            continue
        yield begin, end, ear.masked[number]


def _cut(text: str, index: int) -> bool:
    """Would a border here cut a run of letters?"""
    return _latin(text, index - 1) and _latin(text, index)


def _latin(text: str, index: int) -> bool:
    return 0 <= index < len(text) and text[index].isascii() and text[index].isalnum()


def _sounded(view: View) -> Iterator[Piece]:
    ear, row, text = _ear(), sound_row(view), view.text
    places = {begin: place for place, begin in enumerate(row.begins)}
    for number, begin, _ in ear.sounds.find_matches_as_indexes(row.text, overlapping=True):
        word = ear.sounded[number]
        first = places[begin + 1]
        start, stop = row.spans[first][0], row.spans[first + len(word.word) - 1][1]
        written = text[start:stop]
        if written != word.word and _meant(word, text, start, stop, row, first):
            yield start, stop, word.word


def _meant(word: _Word, text: str, start: int, stop: int, row: SoundRow, first: int) -> bool:
    """Is this the word in disguise, or other words that sound alike?"""
    written, last = text[start:stop], first + len(word.word) - 1
    if any(row.latin[first : last + 1]):
        cut = _cut(text, start) and not (first and row.latin[first - 1])
        return not cut and not text[stop : stop + 1].isdigit()
    if written in word.ordinary:
        return False
    left = text[start - 1 : start] if written[0] != word.word[0] else ""
    right = text[stop : stop + 1] if written[-1] != word.word[-1] else ""
    return not (left and _is_word(left, written[0])) and not (right and _is_word(written[-1], right))


def _is_word(first: str, second: str) -> bool:
    return second in _ordinary().get(first, ())


def _apart(pieces: Iterable[Piece]) -> list[Piece]:
    """The longest first, none over another, in order."""
    kept: list[Piece] = []
    taken: set[int] = set()
    for begin, end, meant in sorted(pieces, key=lambda one: (-len(one[2]), one[0], one[1])):
        if taken.isdisjoint(range(begin, end)):
            kept.append((begin, end, meant))
            taken.update(range(begin, end))
    return sorted(kept)


def _replaced(view: View, pieces: list[Piece]) -> View:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    cursor = 0
    for begin, end, meant in [*pieces, (len(view.text), len(view.text), "")]:
        letters.append(view.text[cursor:begin])
        starts += view.starts[cursor:begin]
        ends += view.ends[cursor:begin]
        letters.append(meant)
        for offset in range(len(meant)):
            same = len(meant) == end - begin
            starts.append(view.starts[begin + offset] if same else view.starts[begin])
            ends.append(view.ends[begin + offset] if same else max(view.ends[begin:end]))
        cursor = end
    return View(view.original, "".join(letters), tuple(starts), tuple(ends))
