"""The institution's labelled sentences: added, withdrawn; ours set aside and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.golden import (
    MOST_OWN,
    Sample,
    golden_hash,
    golden_set,
    hold_still,
    key_of,
    own_count,
    shipped,
)
from compliance.models import GoldenSentence, Review, SetAside
from compliance.models.golden import LONGEST_REASON, LONGEST_SENTENCE
from compliance.queries import finding_key, standing_dismissals
from compliance.scanner.place import sentence_at
from compliance.settling import is_settled
from compliance.trials import texts_in
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.scope import current_institution
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase


class SentenceKnown(DomainError):
    code = "sentence_known"
    zh = "样本集中已有这句话，标注相同。"
    en = "This sentence is in the golden set already, with the same label."


class SentenceContradicted(DomainError):
    """One sentence cannot be a violation and fine; whoever is right, the other must go first."""

    code = "sentence_contradicted"
    zh = "样本集中已有这句话，但标注相反。请先撤下原来的样本，再添加。"
    en = "The golden set has this sentence with the opposite label. Take that one out first."


class GoldenSetFull(DomainError):
    code = "golden_set_full"
    zh = "本机构样本已达 {most} 条上限，请先撤下一些。"
    en = "The institution's own sentences have reached the limit of {most}. Withdraw some first."


class NotSettled(DomainError):
    """Only a dismissal that counts makes a false alarm."""

    code = "dismissal_not_settled"
    zh = "这条提示尚未确认可以保留，不能存为样本。"
    en = "This finding has not been set aside for good, so it cannot be kept as a sample."


@dataclass(frozen=True, slots=True)
class Refused:
    """A sample of many that was not taken: its place among them, and why."""

    place: int
    why: DomainError


@usecase(Permission.MANAGE_RULES)
def add_sentence(*, actor: Actor, sample: Sample, now: datetime) -> GoldenSentence:
    """Add one. Raises BadRequest, SentenceKnown, SentenceContradicted, GoldenSetFull."""
    hold_still()
    known = _labels()
    if refusal := _refusal(sample, known, own_count()):
        raise refusal
    row = _row(sample, actor, now)
    row.save(force_insert=True)
    record(
        "compliance.golden_added",
        actor=actor,
        subject=Ref("golden_sentence", row.id),
        at=now,
        sentences=1,
        **_whole(),
    )
    return row


@usecase(Permission.MANAGE_RULES, may_do_nothing=True)
def add_sentences(*, actor: Actor, samples: Sequence[Sample], now: datetime) -> list[Refused]:
    """Add many at once: all that are fit, in one transaction; the others are told one by one."""
    hold_still()
    known = _labels()
    held = own_count()
    rows: list[GoldenSentence] = []
    refused = []
    for place, sample in enumerate(samples):
        if refusal := _refusal(sample, known, held + len(rows)):
            refused.append(Refused(place, refusal))
            continue
        rows.append(_row(sample, actor, now))
        known[rows[-1].key] = sample.offends
    GoldenSentence.objects.bulk_create(rows)
    if rows:
        whole = Ref("golden_set", current_institution())
        record("compliance.golden_added", actor=actor, subject=whole, at=now, sentences=len(rows), **_whole())
    return refused


@usecase(Permission.MANAGE_RULES)
def keep_false_alarm(*, actor: Actor, review_id: UUID, key: str, now: datetime) -> GoldenSentence:
    """A finding that was set aside in a review becomes a sentence to be left alone.

    A field too long for a sample gives the sentence around the finding. Raises NotFound, NotSettled, and as
    `add_sentence`.
    """
    review: Review | None = Review.objects.filter(id=review_id).first()
    found = next((one for one in review.findings if finding_key(one) == key), None) if review else None
    if review is None or found is None:
        raise NotFound
    aside = standing_dismissals(review).get(key)
    if aside is None or not is_settled(found, aside):
        raise NotSettled
    texts = texts_in(review.subject_kind, [review.content])[0] or ()
    field = next((one for one in texts if one.path == found["path"]), None)
    if field is None:
        raise NotFound
    begin, end = 0, len(field.text)
    if end > LONGEST_SENTENCE:
        begin, end = sentence_at(field.text, found["start"], found["end"])
    sample = Sample(
        text=field.text[begin:end].strip(),
        offends=False,
        content_type=field.content_type,
        sector=institution_of(current_institution()).sector,
        why=aside.reason[:LONGEST_REASON],
    )
    return add_sentence(actor=actor, sample=sample, now=now)


@usecase(Permission.MANAGE_RULES)
def withdraw_sentence(*, actor: Actor, sentence_id: UUID, now: datetime) -> None:
    """Take one of theirs out. It stays on record. Raises NotFound."""
    hold_still()
    ended = GoldenSentence.objects.filter(id=sentence_id, ended_at=None).update(
        ended_by_id=actor.id, ended_at=now
    )
    if not ended:
        raise NotFound
    theirs = Ref("golden_sentence", sentence_id)
    record("compliance.golden_withdrawn", actor=actor, subject=theirs, at=now, **_whole())


@usecase(Permission.MANAGE_RULES)
def set_sentence_aside(*, actor: Actor, key: str, reason: str, now: datetime) -> SetAside:
    """Go by one of ours no longer, with the reason. Raises NotFound, BadRequest (no reason)."""
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise BadRequest
    hold_still()
    if key not in shipped() or SetAside.objects.filter(key=key, ended_at=None).exists():
        raise NotFound
    row: SetAside = SetAside.objects.create(key=key, reason=words, by_id=actor.id, at=now)
    ours = Ref("golden_aside", row.id)
    said = shipped()[key].id
    record("compliance.golden_set_aside", actor=actor, subject=ours, at=now, sentence=said, **_whole())
    return row


@usecase(Permission.MANAGE_RULES)
def bring_sentence_back(*, actor: Actor, key: str, now: datetime) -> None:
    """Go by one of ours again. Raises NotFound, SentenceContradicted (theirs says the opposite)."""
    hold_still()
    row: SetAside | None = SetAside.objects.filter(key=key, ended_at=None).first()
    if row is None or key not in shipped():
        raise NotFound
    if GoldenSentence.objects.filter(key=key, ended_at=None, offends=not shipped()[key].offends).exists():
        raise SentenceContradicted
    SetAside.objects.filter(id=row.id).update(ended_by_id=actor.id, ended_at=now)
    ours = Ref("golden_aside", row.id)
    said = shipped()[key].id
    record("compliance.golden_brought_back", actor=actor, subject=ours, at=now, sentence=said, **_whole())


def _labels() -> dict[str, bool]:
    """What is said of each sentence that counts now, ours and theirs, by key."""
    return {key_of(one.text): one.offends for one in golden_set()}


def _refusal(sample: Sample, known: dict[str, bool], held: int) -> DomainError | None:
    if not sample.is_fit:
        return BadRequest()
    said = known.get(key_of(sample.text))
    if said is not None:
        return SentenceKnown() if said == sample.offends else SentenceContradicted()
    return GoldenSetFull(most=MOST_OWN) if held >= MOST_OWN else None


def _row(sample: Sample, actor: Actor, now: datetime) -> GoldenSentence:
    return GoldenSentence(
        text=sample.text,
        key=key_of(sample.text),
        offends=sample.offends,
        category=sample.category,
        sector=sample.sector,
        content_type=sample.content_type,
        why=sample.why,
        added_by_id=actor.id,
        added_at=now,
    )


def _whole() -> dict[str, Any]:
    """The set as it is now, by its hash, so that its history can be told."""
    whole = golden_set()
    return {"set_hash": golden_hash(whole), "size": len(whole)}
