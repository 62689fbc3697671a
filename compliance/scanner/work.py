"""How much may be read: lengths, and the work of one scan, counted before it is done.

Work is counted in characters looked at once, so the count is the same on every machine. What is beyond a
limit is not read, and said so in a finding that blocks: nothing passes unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.scanner.matter import Finding, Severity, Text
from compliance.scanner.pack import Pack

LONGEST_FIELD = 5_000
MOST_CHARACTERS = 200_000  # of a whole content
A_CHARACTER = 40  # so many expressions look at each, as a rule
A_HIT = 4_000  # its surroundings, read for every excuse
MOST_WORK = 24_000_000  # 5,000 hits and the longest content: two to three seconds
WORDINGS_OF_A_FIELD = 2_000_000  # a field of findings is read again for each wording that is tried
WORDINGS_OF_A_CONTENT = 60_000_000
MOST_ALIKE = 20  # findings by one rule in one field; more of them say nothing new
MOST_FINDINGS = 500

CATEGORY = "unread"
TOO_LONG, TOO_MUCH, TOO_DEAR, TOO_MANY = "UN-LONG", "UN-MUCH", "UN-WORK", "UN-MANY"
ARTICLE = "PROJ-GATE"


class TooMuchWork(Exception):
    """The scan would take more work than it is given."""


class Work:
    """What a scan has looked at. Raises TooMuchWork."""

    def __init__(self, most: int = MOST_WORK) -> None:
        self.most, self.spent = most, 0

    def characters(self, count: int) -> None:
        self._spend(count * A_CHARACTER)

    def hit(self) -> None:
        self._spend(A_HIT)

    def _spend(self, amount: int) -> None:
        self.spent += amount
        if self.spent > self.most:
            raise TooMuchWork


def too_long(texts: Sequence[Text]) -> list[tuple[str, str]]:
    """Rule and path of each field that is too long to be read, or of the content as a whole."""
    fields = [(TOO_LONG, text.path) for text in texts if len(text.text) > LONGEST_FIELD]
    if not fields and sum(len(text.text) for text in texts) > MOST_CHARACTERS:
        return [(TOO_MUCH, texts[0].path)]
    return fields[:MOST_ALIKE]


def unread(pack: Pack, rule: str, path: str) -> Finding:
    """What was not read, as a finding that blocks and that nobody can hold for a false alarm."""
    category = pack.categories[CATEGORY]
    words = category.why, category.suggestion, category.penalty
    return Finding(rule, CATEGORY, Severity.BLOCK.value, path, 0, 0, "", ARTICLE, *words)


def capped(findings: Sequence[Finding]) -> tuple[list[Finding], bool]:
    """The findings without the many of one rule in one field, and whether there are more than are told."""
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for one in findings:
        place = (one.path, one.rule)
        seen[place] = seen.get(place, 0) + 1
        if seen[place] <= MOST_ALIKE:
            kept.append(one)
    return kept[:MOST_FINDINGS], len(kept) > MOST_FINDINGS
