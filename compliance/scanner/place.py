"""A hit in its surroundings: the sentence that holds it, cut into before and after, and its neighbours."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from compliance.scanner.check import Hit, Matter
from compliance.scanner.cues import ADVERSATIVE, STOPS

WITHIN = 400  # who writes longer sentences is not read back further than this
CLAUSE_END = re.compile(r"[,:。!?;\n]")


@dataclass(frozen=True)
class Place:
    """A hit in its surroundings: its sentence cut into before and after, and the neighbours."""

    hit: Hit
    content_type: str
    written: str
    whole: str
    matched: str
    before: str
    after: str
    previous: str
    following: str
    names: tuple[str, ...] = ()

    @property
    def near_before(self) -> str:
        """What governs the hit: the sentence up to it, from the last turn of argument on."""
        last = 0
        for turn in ADVERSATIVE.finditer(self.before):
            last = turn.end()
        return self.before[last:]

    @property
    def turned(self) -> bool:
        return ADVERSATIVE.search(self.before) is not None


@lru_cache(maxsize=2048)
def met(cue: re.Pattern[str], text: str) -> bool:
    """Whether a cue stands anywhere in a whole field; asked again for every hit in it."""
    return cue.search(text) is not None


@lru_cache(maxsize=512)
def _bounds(text: str) -> tuple[int, ...]:
    """Where sentences begin, the first at 0, and where the last one ends."""
    return tuple(sorted({0, len(text), *(mark.end() for mark in STOPS.finditer(text))}))


def sentence_at(text: str, begin: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence, or run of sentences, that holds [begin, end)."""
    bounds = _bounds(text)
    return bounds[bisect_right(bounds, begin, hi=len(bounds) - 1) - 1], bounds[
        min(bisect_left(bounds, end, lo=1), len(bounds) - 1)
    ]


def clause_at(text: str, begin: int, end: int) -> tuple[int, int]:
    """The bounds of the clause, or run of clauses, that holds [begin, end); at most `WITHIN` beyond it."""
    left = max(begin - WITHIN, 0)
    for mark in CLAUSE_END.finditer(text, left, begin):
        left = mark.end()
    right = CLAUSE_END.search(text, end, end + WITHIN)
    return left, right.end() if right else min(len(text), end + WITHIN)


def place_of(matter: Matter, hit: Hit) -> Place:
    text = matter.views[hit.index].text
    bounds = _bounds(text)
    first = bisect_right(bounds, hit.begin, hi=len(bounds) - 1) - 1
    last = min(bisect_right(bounds, hit.end, lo=1), len(bounds) - 1)
    begin, end = bounds[first], bounds[last]
    return Place(
        hit=hit,
        content_type=matter.texts[hit.index].content_type,
        written=matter.texts[hit.index].text,
        whole=text,
        matched=text[hit.begin : hit.end],
        before=text[max(begin, hit.begin - WITHIN) : hit.begin],
        after=text[hit.end : min(end, hit.end + WITHIN)],
        previous=text[max(bounds[first - 1], begin - WITHIN) : begin] if first else "",
        following=text[end : min(bounds[last + 1], end + WITHIN)] if last + 1 < len(bounds) else "",
        names=matter.pack.own_names,
    )
