"""The rules in force at an institution: the shipped pack with its own terms; and what a draft would do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compliance.evaluation import GOLDEN, Evaluation, evaluate, golden
from compliance.models import Review, RulePack
from compliance.scanner import Pack, Text, default_pack, load_pack, scan
from compliance.subjects import faces
from kernel.scope import current_institution
from tenancy.models import Staff
from tenancy.scope import institution_of

Terms = Sequence[Mapping[str, str]]


def pack_in_force() -> Pack:
    """The open institution's rules."""
    terms = RulePack.objects.filter(status="active").values_list("terms", flat=True).first()
    return built(terms or ())


def built(terms: Terms) -> Pack:
    """A pack with these terms added; building takes a moment, so the last few are kept. Raises BadPack."""
    return _built(json.dumps(list(terms), ensure_ascii=False, sort_keys=True)) if terms else default_pack()


@lru_cache(maxsize=32)
def _built(terms: str) -> Pack:
    return load_pack(json.loads(terms))


def contributors_of(pack: RulePack) -> list[str]:
    """The names of all who wrote on a pack."""
    writers = Staff.objects.filter(id__in=pack.contributors).order_by("display_name", "id")
    return list(writers.values_list("display_name", flat=True))


@dataclass(frozen=True, slots=True)
class Changed:
    """An approved content that would read differently under the draft."""

    review: Review
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft would do: on the labelled sentences, and on everything approved now."""

    evaluation: Evaluation
    changed: Sequence[Changed]


def tried(draft: RulePack) -> Trial:
    """Try the draft before anyone activates it."""
    pack, now = built(draft.terms), pack_in_force()
    sector = institution_of(current_institution()).sector
    changed = []
    for review in Review.objects.approved().order_by("-decided_at", "-id")[:200]:
        texts = _texts(review.content, review.subject_kind)
        before = {(one.path, one.matched) for one in scan(texts, sector, pack=now)}
        after = {(one.path, one.matched) for one in scan(texts, sector, pack=pack)}
        if fresh := sorted({matched for _, matched in after - before}):
            changed.append(Changed(review, fresh))
    return Trial(evaluate(golden(GOLDEN / "dev.tsv"), pack), changed)


def _texts(content: Mapping[str, Any], kind: str) -> list[Text]:
    return [
        Text(part.path, "title", part.text)
        for section in faces.of(kind).sections(content)
        for part in section.parts
        if part.correct or ".options." not in part.path
    ]
