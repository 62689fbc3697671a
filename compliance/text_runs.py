"""What changed inside a text, word by word: for the law library, the review desk and the campaign. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Tone = Literal["", "gone", "new"]

# A Chinese sign is a word of its own; letters and figures of one word, amount or rate stay together.
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d[\d.,:%％]*|\s+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;\n]*|[。！？；!?;\n]+")
_MOST_PIECES = 2000  # words or sentences; above, it is told as a whole: comparing costs both lengths' product
_LEAST_KEPT = 0.3  # a sentence of which less is left was rewritten: its scattered common signs say nothing
_ISLAND = 1  # so few unchanged signs between two changes are no reading help: they go along
_BESIDE = 24  # so many signs of an unchanged stretch are shown on each side of a change


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text: the same in both wordings, or only in the earlier (`gone`) or the later (`new`)."""

    text: str
    tone: Tone = ""


def runs_between(before: str, after: str) -> list[Run]:
    """The later wording with what was taken out and put in, sentence by sentence and word by word inside one.

    The runs without `gone` are the later text, those without `new` the earlier.
    """
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    if max(len(old), len(new)) > _MOST_PIECES:
        return list(_joined(list(_inside(before, after))))
    runs: list[Run] = []
    for equal, left, right in _blocks(old, new):
        if equal:
            runs.append(Run("".join(right)))
        else:
            runs += _inside("".join(left), "".join(right))
    return list(_joined(runs))


def shortened(runs: Sequence[Run]) -> list[Run]:
    """The same runs, with long unchanged stretches cut down to what stands beside a change."""
    last = len(runs) - 1
    return [
        run if run.tone else Run(_beside(run.text, first=place == 0, last=place == last))
        for place, run in enumerate(runs)
    ]


def _inside(before: str, after: str) -> Iterator[Run]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > _MOST_PIECES:
        yield from _changed(before, after)
        return
    blocks = list(_blocks(old, new))
    kept = sum(len("".join(right)) for equal, _left, right in blocks if equal)
    if kept < _LEAST_KEPT * min(len(before), len(after)):
        yield from _changed(before, after)
        return
    gone: list[str] = []
    fresh: list[str] = []
    for equal, left, right in blocks:
        if equal and (len("".join(right)) > _ISLAND or not (gone or fresh)):
            yield from _changed("".join(gone), "".join(fresh))
            gone, fresh = [], []
            yield Run("".join(right))
        else:  # a change, or an island between two that may turn out to be the end
            gone += left
            fresh += right
    yield from _changed("".join(gone), "".join(fresh))


def _changed(gone: str, fresh: str) -> Iterator[Run]:
    """What was replaced; the signs that both ends share stay unmarked."""
    tail = 0
    while tail < min(len(gone), len(fresh)) and gone[-1 - tail] == fresh[-1 - tail]:
        tail += 1
    end = fresh[len(fresh) - tail :]
    if gone[: len(gone) - tail]:
        yield Run(gone[: len(gone) - tail], "gone")
    if fresh[: len(fresh) - tail]:
        yield Run(fresh[: len(fresh) - tail], "new")
    if end:
        yield Run(end)


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    for deed, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield deed == "equal", old[start:end], new[begin:stop]


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one tone as one."""
    held: Run | None = None
    for run in runs:
        if not run.text:
            continue
        if held is not None and held.tone == run.tone:
            held = Run(held.text + run.text, run.tone)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _beside(text: str, *, first: bool, last: bool) -> str:
    before, after = ("" if last else text[-_BESIDE:]), ("" if first else text[:_BESIDE])
    return text if len(text) <= len(before) + len(after) + 1 else f"{after}…{before}"
