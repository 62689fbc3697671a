"""A safe wording for the passage that offends, offered only when the field would then pass.

`data/rewordings.tsv` says, per category, what a passage may become and between which neighbours that reads
well. Each candidate is put in its place and the field is read again: it is offered when nothing is found at
that place any more and nothing new elsewhere. So a tap never puts one offence in the place of another.
Where the words around would turn its meaning (谁说…, …是不可能的) none is offered, nor where the field would
not read as Chinese (`reads_well`), nor where it would hide what is found elsewhere and still stands there.
The empty wording takes a whole clause out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from compliance.scanner.cues import TURNED_AFTER, TURNED_BEFORE
from compliance.scanner.matter import Finding
from compliance.scanner.normalise import normalise
from compliance.scanner.pack import Pack, rows_of
from compliance.scanner.work import TooMuchWork

Look = Callable[[str], Sequence[Finding]]
MARKS = ",，.。!！?？;；:：、…~—"
ENDS = frozenset("。!！?？")
# What the next clause leans on, and what the clause before waits for.
GOES_ON = re.compile(r"^[,;、]\s{0,16}(?:又|也|还|更|且|而|并且|就|才|都|所以|因此|从此|却|否则|不然|反而)")
LEADS_ON = re.compile(
    r"(?:只要|只有|如果|若|假如|因为|由于|虽然|尽管|不仅|不但|不光|既|无论|不管|除了|与其|一旦)[^,。!?;]{0,16}[,、]$"
)
LONGEST_FIELD = 400
SENTENCE = 6  # shorter wordings stand for words, longer ones for a clause
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


def offered_words(pack: Pack) -> re.Pattern[str]:
    """Every whole sentence that one tap may put into a field, as the scanner reads it."""
    ready = pack.caches.get("offered_words")
    if isinstance(ready, re.Pattern):
        return ready
    said = {normalise(row.becomes).text for row in rewordings(pack) if "\\" not in row.becomes}
    whole = sorted((one for one in said if len(one) >= SENTENCE), key=len, reverse=True)
    made = re.compile("|".join(map(re.escape, whole)) or r"(?!)")
    pack.caches["offered_words"] = made
    return made


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
    others = [one for one in findings if one is not finding]
    for wording in _candidates(written, finding, pack):
        offer = replace(finding, replacement=wording)
        field = applied(written, offer)
        try:
            after = look(field)
        except TooMuchWork:  # a field of nothing but findings is for people
            break
        if _leaves(offer, others, after) and _still_found(offer, others, after):
            return offer
    return replace(finding, replacement=None)


def _leaves(offer: Finding, others: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Nothing is found at that place any more, and nothing elsewhere that was not found before."""
    known = {(one.category, one.matched.strip(MARKS)) for one in others}
    end = offer.start + len(offer.replacement or "")
    return all(
        (one.category, one.matched.strip(MARKS)) in known and not (one.start < end and offer.start < one.end)
        for one in after
    )


def _still_found(offer: Finding, others: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """What was found elsewhere is found there still: its words stay, so no wording may hide them."""
    apart = [one for one in others if one.end <= offer.start or one.start >= offer.end]
    seen = {(one.category, one.matched.strip(MARKS)) for one in after}
    return all((one.category, one.matched.strip(MARKS)) in seen for one in apart if one.start < one.end)


def turned(before: str, after: str) -> bool:
    """Whether the words around would turn what is put between them: 谁说…, …是不可能的, …吗."""
    return bool(TURNED_BEFORE.search(normalise(before).text) or TURNED_AFTER.search(normalise(after).text))


def _candidates(written: str, finding: Finding, pack: Pack) -> Iterator[str]:
    if turned(written[: finding.start], written[finding.end :]):
        return
    if finding.replacement:
        yield finding.replacement
    opening, words, closing = _marks_apart(finding.matched)  # a mark that the rule took along stays
    before, after = written[: finding.start] + opening, closing + written[finding.end :]
    for row in rewordings(pack):
        if row.category == finding.category and row.before.search(before) and row.after.search(after):
            wording, changes = row.matched.subn(row.becomes, words, count=1)
            if changes and wording and wording != words and reads_well(before, wording, after):
                yield f"{opening}{wording}{closing if after != closing else closing.rstrip('!！')}"
    if may_go(written[: finding.start], finding.matched, written[finding.end :]):
        yield ""


def _marks_apart(matched: str) -> tuple[str, str, str]:
    """The marks a passage begins with, its words, the marks it ends with."""
    rest = matched.lstrip(MARKS)
    words = rest.rstrip(MARKS)
    return matched[: len(matched) - len(rest)], words, rest[len(words) :]


def reads_well(before: str, wording: str, after: str) -> bool:
    """Whether the wording makes Chinese between these two: what stands for a clause says nothing that is said
    already and leaves no neighbour hanging; no word is doubled where it joins.
    """
    if doubled(before, wording) or doubled(wording, after):
        return False
    plain = normalise(wording).text
    if len(plain) < SENTENCE:
        return True
    around = normalise(before).text, normalise(after).text
    return not (
        any(plain in side for side in around) or LEADS_ON.search(around[0]) or GOES_ON.search(around[1])
    )


def doubled(left: str, right: str) -> bool:
    """Whether two runs meet in the same word, or in two marks."""
    if left[-1:] in MARKS and right[:1] in MARKS:
        return True
    ends, begins = left.rstrip(MARKS)[-2:], right.lstrip(MARKS)[:2]
    return len(ends) == 2 and ends == begins


def may_go(before: str, matched: str, after: str) -> bool:
    """Whether the passage is a clause with its mark, or the last sentence: then the rest reads without it."""
    alone = before[-1:] in ENDS and not after and bool(before)
    with_its_mark = matched[-1:] in MARKS and (not before or before[-1:] in MARKS) and len(after) > 3
    opened = normalise(before).text, normalise(after).text
    return (alone or with_its_mark) and not (LEADS_ON.search(opened[0]) or GOES_ON.match("," + opened[1]))
