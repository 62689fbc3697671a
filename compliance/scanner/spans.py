"""Places in a text that can be asked for by position, without looking through all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

Span = tuple[int, int]


class Spans:
    """Places [begin, end) in order. A question costs what lies near it, however many places there are."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(set(spans))
        self._begins = [begin for begin, _ in self._spans]
        self._longest = max((end - begin for begin, end in self._spans), default=0)

    def near(self, begin: int, end: int) -> Sequence[Span]:
        """The places that touch [begin, end), and a few beside it."""
        first = bisect_left(self._begins, begin - self._longest)
        return self._spans[first : bisect_left(self._begins, max(end, begin + 1))]

    def hold(self, begin: int, end: int) -> bool:
        """Whether one place holds all of [begin, end)."""
        return any(a <= begin and end <= b for a, b in self.near(begin, end))

    def touch(self, begin: int, end: int) -> bool:
        """Whether a place shares a character with [begin, end)."""
        return any(a < end and begin < b for a, b in self.near(begin, end))

    def cut(self, begin: int, end: int) -> bool:
        """Whether a place holds [begin, end) or crosses one of its edges."""
        return any(
            (a <= begin and end <= b) or (a < begin < b < end) or (begin < a < end < b)
            for a, b in self.near(begin, end)
        )


NOWHERE = Spans(())
