"""A safe wording for the passage that offends, offered only when the field would then pass.

`data/rewordings.tsv` says, per category, what a passage may become and between which neighbours that reads
well. Each candidate is put in its place and the field is read again: it is offered when nothing is found at
that place any more and nothing new elsewhere. So a tap never puts one offence in the place of another.
Where the words around would turn its meaning (谁说…, …是不可能的) none is offered.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from compliance.scanner.cues import TURNED_AFTER, TURNED_BEFORE
from compliance.scanner.matter import Finding
from compliance.scanner.normalise import normalise
from compliance.scanner.pack import Pack, rows_of

Look = Callable[[str], Sequence[Finding]]
LONGEST_FIELD = 400
EDGES = {
    "before": re.compile(r"(?:^|[\s,，。.!！?？;；:：、…~—-])$"),
    "after": re.compile(r"^(?:$|[\s,，。.!！?？;；、…~—-])"),
}


@dataclass(frozen=True)
class Rewording:
    """One row: what may become what, between which neighbours."""

    category: str
    matched: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    becomes: str


def rewordings(pack: Pack) -> tuple[Rewording, ...]:
    """The rows, read once for a pack."""
    ready = pack.caches.get("rewordings")
    if isinstance(ready, tuple):
        return ready
    rows = tuple(
        Rewording(
            row["category"],
            re.compile(row["matched"], re.DOTALL),
            _neighbour(row, "before"),
            _neighbour(row, "after"),
            row["becomes"],
        )
        for row in rows_of(pack.rewordings)
    )
    pack.caches["rewordings"] = rows
    return rows


def _neighbour(row: dict[str, str], side: str) -> re.Pattern[str]:
    """What must stand on this side; EDGE: the passage ends a clause there, so a clause may take its place."""
    return EDGES[side] if row[side] == "EDGE" else re.compile(row[side])


def applied(written: str, finding: Finding) -> str:
    """The field after one tap on this finding's replacement."""
    return written[: finding.start] + (finding.replacement or "") + written[finding.end :]


def with_rewording(
    written: str, findings: Sequence[Finding], finding: Finding, pack: Pack, look: Look
) -> Finding:
    """The finding with a wording that passes, or as it was when there is none."""
    if finding.start >= finding.end or len(written) > LONGEST_FIELD:
        return finding
    left = {(one.rule, one.matched) for one in findings if one is not finding}
    for wording in _candidates(written, finding, pack):
        offer = replace(finding, replacement=wording)
        after = look(applied(written, offer))
        end = offer.start + len(wording)
        if all(
            (one.rule, one.matched) in left and not (one.start < end and offer.start < one.end)
            for one in after
        ):
            return offer
    return replace(finding, replacement=None)


def turned(before: str, after: str) -> bool:
    """Whether the words around would turn what is put between them: 谁说…, …是不可能的, …吗."""
    return bool(TURNED_BEFORE.search(normalise(before).text) or TURNED_AFTER.search(normalise(after).text))


def _candidates(written: str, finding: Finding, pack: Pack) -> Iterator[str]:
    if turned(written[: finding.start], written[finding.end :]):
        return
    if finding.replacement:
        yield finding.replacement
    before, after = written[: finding.start], written[finding.end :]
    for row in rewordings(pack):
        if row.category == finding.category and row.before.search(before) and row.after.search(after):
            wording, changes = row.matched.subn(row.becomes, finding.matched, count=1)
            if changes and wording and wording != finding.matched:
                yield wording
