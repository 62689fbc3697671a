"""What a draft would change: on every labelled sentence, and on every approved content.

Two packs differ in terms and requirements only. Where no term that is in just one of them occurs, in whatever
disguise or across a seam, and no requirement that is in just one of them is broken, both read alike; so each
text is read for what differs, and only what that touches is read in full by both packs.

A judged sentence: ``{"id", "own", "text", "sector", "content_type", "offends", "before", "after", "kind"}``,
the verdicts before and after, `kind` of `KINDS`. A changed content: ``{"review", "fresh", "gone", "more"}``
with ``[word or reason, severity]`` found newly and no longer, or ``{"review", "unread"}`` for a shape of long
ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from compliance.checks.lexical import CHECK as LEXICAL
from compliance.checks.required import CHECK as REQUIRED
from compliance.evaluation import Labelled, Score
from compliance.golden import golden_hash, golden_set, shipped
from compliance.models import Review, RulePack, Trial
from compliance.packs import pack_in_force, pack_of
from compliance.scanner import ALL_SECTORS, SECTORS, Pack, Text, pack_hash, scan, verdict
from compliance.scanner.check import Matter
from compliance.scanner.matter import Shape
from compliance.scanner.work import too_long
from compliance.subjects import Content, Legible, Shaped, faces
from kernel.scope import current_institution
from tenancy.scope import institution_of

STANDS_FOR = timedelta(days=1)
GRAVE = ("missed", "blocked")
WORSE = (*GRAVE, "alarmed", "milder")
BETTER = ("caught", "cleared", "eased", "stricter")
STILL = ("still_missed", "still_alarmed")
KINDS = (*WORSE, *BETTER, *STILL)
_BATCH = 100
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial before it is written down."""

    golden_hash: str
    golden_size: int
    pack_hash: str
    against_hash: str
    before: dict[str, int]
    after: dict[str, int]
    sentences: list[dict[str, Any]]
    contents: list[dict[str, Any]]
    contents_read: int

    @property
    def newly_wrong(self) -> int:
        return sum(one["kind"] in GRAVE for one in self.sentences)


def try_out(draft: RulePack) -> Outcome:
    """Read every labelled sentence and every approved content by the rules in force and by the draft.

    A query for each hundred contents, and one for what their services say. Raises BadPack.
    """
    before, after = pack_in_force(), pack_of(draft)
    touching = Touching(before, after)
    sentences = golden_set()
    ours = {one.id for one in shipped().values()}
    judged = [_judged(one, before, after, touching, ours) for one in sentences]
    sector = institution_of(current_institution()).sector
    changed, read = [], 0
    for review, texts, shape in _approved():
        read += 1
        if texts is None:
            changed.append({"review": str(review.id), "unread": True})
        elif touching.touches(texts, sector, shape) and (
            change := _change(texts, sector, before, after, shape)
        ):
            changed.append({"review": str(review.id), **change})
    return Outcome(
        golden_hash=golden_hash(sentences),
        golden_size=len(sentences),
        pack_hash=pack_hash(after),
        against_hash=pack_hash(before),
        before=_counted(judged, "before"),
        after=_counted(judged, "after"),
        sentences=sorted((one for one in judged if one["kind"]), key=lambda one: KINDS.index(one["kind"])),
        contents=changed,
        contents_read=read,
    )


def standing_trial(draft: RulePack, *, now: datetime) -> Trial | None:
    """The newest trial of the draft, if rules, draft and sentences are today what they were then."""
    newest: Trial | None = Trial.objects.filter(pack=draft).order_by("-number").first()
    if newest is None or now - newest.at > STANDS_FOR:
        return None
    now_is = (
        draft.hash,
        pack_hash(pack_of(draft)),
        pack_hash(pack_in_force()),
        golden_hash(golden_set()),
    )
    then = (newest.terms_hash, newest.pack_hash, newest.against_hash, newest.golden_hash)
    return newest if now_is == then else None


def verdict_on(one: Labelled, pack: Pack) -> str:
    """What the pack says of one sentence alone."""
    sector = one.sector if one.sector in SECTORS else ALL_SECTORS
    return verdict(scan([_alone(one)], sector, pack=pack, reword=False))


def score_of(counts: dict[str, int]) -> Score:
    """A trial's counts, with their rates."""
    return Score(**counts)


class Touching:
    """Tells whether two packs could read a text differently: only where a term of just one of them occurs, or
    a requirement of just one of them is broken.
    """

    def __init__(self, before: Pack, after: Pack) -> None:
        differing = tuple(sorted(set(before.terms) ^ set(after.terms), key=lambda term: term.term))
        required = tuple(sorted(set(before.requirements) ^ set(after.requirements), key=lambda one: one.rule))
        self._differing = replace(
            after, terms=differing, patterns=(), innocents=(), requirements=required, caches={}
        )
        self._checks = [check for check, rules in ((LEXICAL, differing), (REQUIRED, required)) if rules]

    def touches(self, texts: Sequence[Text], sector: str, shape: Shape | None = None) -> bool:
        if not self._checks:
            return False
        if too_long(texts):
            return True
        matter = Matter.of(texts, sector, self._differing, shape)
        return any(next(check.examine(matter), None) is not None for check in self._checks)


def _judged(one: Labelled, before: Pack, after: Pack, touching: Touching, ours: set[str]) -> dict[str, Any]:
    sector = one.sector if one.sector in SECTORS else ALL_SECTORS
    said = verdict_on(one, before)
    would_say = verdict_on(one, after) if touching.touches([_alone(one)], sector) else said
    return {
        "id": one.id,
        "own": one.id not in ours,
        "text": one.text,
        "sector": one.sector,
        "content_type": one.content_type,
        "offends": one.offends,
        "before": said,
        "after": would_say,
        "kind": _kind(one.offends, said, would_say),
    }


def _kind(offends: bool, before: str, after: str) -> str:
    """What becomes of a sentence; empty where it is right before and after, and nothing changes."""
    if offends:
        known = {("warn", "pass"): "missed", ("block", "pass"): "missed", ("block", "warn"): "milder"}
        known |= {("pass", "warn"): "caught", ("pass", "block"): "caught", ("warn", "block"): "stricter"}
        return known.get((before, after), "still_missed" if after == "pass" else "")
    known = {("pass", "block"): "blocked", ("warn", "block"): "blocked", ("pass", "warn"): "alarmed"}
    known |= {("warn", "pass"): "cleared", ("block", "pass"): "cleared", ("block", "warn"): "eased"}
    return known.get((before, after), "still_alarmed" if after != "pass" else "")


def _counted(judged: Iterable[dict[str, Any]], when: str) -> dict[str, int]:
    tally = Counter((one["offends"], one[when] != "pass") for one in judged)
    return {
        "violations": tally[True, True] + tally[True, False],
        "caught": tally[True, True],
        "honest": tally[False, True] + tally[False, False],
        "alarms": tally[False, True],
    }


def _approved() -> Iterator[tuple[Review, list[Text] | None, Shape | None]]:
    """Every approved content with the texts and the mechanics its scan reads, a hundred at a time."""
    last = UUID(int=0)
    reviews = Review.objects.approved().only("id", "subject_kind", "content").order_by("id")
    while some := list(reviews.filter(id__gt=last)[:_BATCH]):
        last = some[-1].id
        for kind in sorted({review.subject_kind for review in some}):
            alike = [review for review in some if review.subject_kind == kind]
            contents = [review.content for review in alike]
            yield from zip(alike, texts_in(kind, contents), shapes_in(kind, contents), strict=True)


def texts_in(kind: str, contents: Sequence[Content]) -> list[list[Text] | None]:
    """The texts of each content; of a kind whose room cannot say, every field as a title."""
    face = faces.of(kind)
    if isinstance(face, Legible):
        return face.texts(contents)
    return [
        [Text(part.path, "title", part.text) for section in face.sections(one) for part in section.parts]
        for one in contents
    ]


def shapes_in(kind: str, contents: Sequence[Content]) -> list[Shape | None]:
    """The mechanics of each content; None where its room has none to tell of."""
    face = faces.of(kind)
    return face.shapes(contents) if isinstance(face, Shaped) else [None] * len(contents)


def _change(
    texts: Sequence[Text], sector: str, before: Pack, after: Pack, shape: Shape | None
) -> dict[str, Any]:
    """Words found by one pack and not by the other; empty when both read alike."""
    was, would_be = (
        {
            (one.path, one.matched or one.why, one.severity)
            for one in scan(texts, sector, shape=shape, pack=pack, reword=False)
        }
        for pack in (before, after)
    )
    found, lost = would_be - was, was - would_be
    kept = [one for one in lost if not any(_stands_for(other, one) for other in found)]
    fresh = [list(pair) for pair in sorted({(matched, severity) for _, matched, severity in found})]
    gone = [list(pair) for pair in sorted({(matched, severity) for _, matched, severity in kept})]
    if not fresh and not gone:
        return {}
    cut = {"fresh": fresh[:_MOST_WORDS], "gone": gone[:_MOST_WORDS]}
    return {**cut, "more": len(fresh) + len(gone) - len(cut["fresh"]) - len(cut["gone"])}


def _stands_for(found: tuple[str, str, str], lost: tuple[str, str, str]) -> bool:
    """Whether a passage that is no longer suspected as a whole has a word in it that now is."""
    return found[0] == lost[0] and found[1] in lost[1] and found[1] != lost[1]


def _alone(one: Labelled) -> Text:
    return Text(one.id, one.content_type, one.text)
