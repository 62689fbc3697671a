"""A hit in its surroundings: the sentence that holds it, cut into before and after, and its neighbours."""

from dataclasses import dataclass
from itertools import pairwise

from compliance.scanner.check import Hit, Matter
from compliance.scanner.cues import ADVERSATIVE, STOPS


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


def sentence_at(text: str, begin: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence, or run of sentences, that holds [begin, end)."""
    stops = [mark.end() for mark in STOPS.finditer(text)]
    return max((stop for stop in stops if stop <= begin), default=0), min(
        (stop for stop in stops if stop >= end), default=len(text)
    )


def place_of(matter: Matter, hit: Hit) -> Place:
    text = matter.views[hit.index].text
    stops = [mark.end() for mark in STOPS.finditer(text)]
    begin = max((stop for stop in stops if stop <= hit.begin), default=0)
    end = min((stop for stop in stops if stop > hit.end), default=len(text))
    bounds = [0, *stops, len(text)]
    following = next((text[a:b] for a, b in pairwise(bounds) if a >= end and b > a), "")
    previous = next((text[a:b] for a, b in reversed(list(pairwise(bounds))) if b <= begin and b > a), "")
    return Place(
        hit=hit,
        content_type=matter.texts[hit.index].content_type,
        written=matter.texts[hit.index].text,
        whole=text,
        matched=text[hit.begin : hit.end],
        before=text[begin : hit.begin],
        after=text[hit.end : end],
        previous=previous,
        following=following,
    )
