"""What reviewers and authors look at. Reading only."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from compliance.gate import answered
from compliance.library import articles, disclaimers
from compliance.models import (
    Carried,
    Citation,
    Comment,
    Condition,
    Decision,
    Dismissal,
    Recheck,
    Review,
    Verdict,
)
from compliance.packs import pack_in_force
from compliance.queue import open_reviews, open_reviews_for
from compliance.settling import is_settled
from kernel.actor import Actor, Ref
from ledger.models import Entry

__all__ = [
    "article_exists",
    "article_titles",
    "articles_in_use",
    "carried_on",
    "comments_on",
    "conditions_on",
    "decisions_on",
    "demands_on",
    "disclaimer_texts",
    "dismissals_on",
    "editors_of",
    "finding_key",
    "history_of",
    "last_approved",
    "last_sent",
    "latest_review",
    "missing_roles",
    "open_reviews",
    "open_reviews_for",
    "pack_in_force",
    "rechecks_of",
    "roles_heard",
    "roles_open_to",
    "stage_in_need",
    "standing_dismissals",
    "standing_findings",
    "writers_of",
    "wrote",
]


def roles_open_to(review: Review, actor: Actor) -> list[str]:
    """The roles this actor could fill in the current stage, in a fixed order. One person is one voice: none
    for whom an earlier opinion is carried.
    """
    if Carried.objects.filter(review=review, reviewer_id=actor.id).holding().exists():
        return []
    return sorted(role for role in missing_roles(review) if role in actor.roles)


def roles_heard(review: Review, actor: Actor) -> list[str]:
    """The roles in which this actor may say no: those that are asked, and those whose opinion is carried."""
    carried = Carried.objects.filter(review=review, stage=review.stage).values_list("role", flat=True)
    return sorted(role for role in {*missing_roles(review), *carried} if role in actor.roles)


def missing_roles(review: Review) -> dict[str, int]:
    """How many approvals of which role the current stage still lacks."""
    return _lacking(review, review.stage, _voices(review))


@dataclass(frozen=True, slots=True)
class Demand:
    """What one stage asks of one post: how many people, how many agreed, and whether it is their turn."""

    stage: int
    role: str
    needed: int
    given: int
    current: bool

    @property
    def lacking(self) -> int:
        return max(0, self.needed - self.given)


def demands_on(review_id: UUID | None) -> list[Demand]:
    """Who must agree to an open review, in the order of its stages: what its author waits for."""
    review = Review.objects.open().filter(id=review_id).defer("content", "findings").first()
    if review is None:
        return []
    voices = _voices(review)
    return [
        Demand(number + 1, role, needed, voices[number, role], number == review.stage)
        for number, posts in enumerate(review.stages)
        for role, needed in posts.items()
    ]


def stage_in_need(review: Review) -> int | None:
    """The first stage that still lacks an approval; None when every demand is met."""
    voices = _voices(review)
    needy = (number for number in range(len(review.stages)) if _lacking(review, number, voices))
    return next(needy, None)


def conditions_on(review: Review) -> list[Condition]:
    """On what conditions it was approved, who asked for them, and whether they are met."""
    found = Condition.objects.filter(review=review).select_related("decision__reviewer", "recorded_by")
    return list(found.order_by("kind", "id"))


def carried_on(review: Review) -> list[Carried]:
    """The earlier opinions that count in this review, with the names, in the order of its stages."""
    counted = Carried.objects.filter(review=review).holding()
    named = counted.select_related("reviewer", "decision__stands_in_for", "decision__review")
    return list(
        named.defer("decision__review__content", "decision__review__findings").order_by("stage", "id")
    )


def editors_of(subject: Ref) -> set[UUID]:
    """Whoever edited the subject at any time, by the ledger."""
    edits = Entry.objects.filter(subject_kind=subject.kind, subject_id=subject.id, verb__endswith=".edited")
    return set(edits.values_list("actor_id", flat=True).distinct())


def writers_of(review: Review) -> set[UUID]:
    """Whoever wrote any of it: author, last editor, and by the ledger everybody in between."""
    return {review.author_id, review.last_editor_id} | editors_of(review.subject)


def wrote(actor_id: UUID, review: Review) -> bool:
    """Whether this colleague wrote any of it: then she decides nothing about it, in no step."""
    return actor_id in writers_of(review)


def _voices(review: Review) -> Counter[tuple[int, str]]:
    """Approvals that count, by stage and role: given here, or carried."""
    given = Decision.objects.filter(review=review, verdict=Verdict.APPROVE).values_list("stage", "role")
    return Counter([*given, *Carried.objects.filter(review=review).holding().values_list("stage", "role")])


def _lacking(review: Review, stage: int, voices: Mapping[tuple[int, str], int]) -> dict[str, int]:
    asked: dict[str, int] = review.stages[stage]
    return {
        role: count - voices.get((stage, role), 0)
        for role, count in asked.items()
        if count > voices.get((stage, role), 0)
    }


def latest_review(subject: Ref, fingerprint: str | None = None) -> Review | None:
    """The newest review of a subject, or of exactly this content."""
    reviews = Review.objects.of_subject(subject.kind, subject.id)
    if fingerprint is not None:
        reviews = reviews.filter(fingerprint=fingerprint)
    found: Review | None = reviews.order_by("-submitted_at", "-id").first()
    return found


def last_approved(subject: Ref) -> Review | None:
    """The newest approval ever given to the subject, lapsed ones too: what differences are shown from."""
    approved = Review.objects.of_subject(subject.kind, subject.id).filter(certificate__isnull=False)
    found: Review | None = approved.order_by("-decided_at", "-id").first()
    return found


def last_sent(subject: Ref, *, before: Review | None = None) -> Review | None:
    """The newest submission of the subject, or the one before this review, whatever became of it: what its
    author and its reviewers remember.
    """
    sent = Review.objects.of_subject(subject.kind, subject.id)
    if before is not None:
        sent = sent.filter(id__lt=before.id)
    found: Review | None = answered(sent).order_by("-id").first()
    return found


def comments_on(subject: Ref) -> list[Comment]:
    """Every remark on the subject, oldest first, with its writer."""
    comments = Comment.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return list(comments.select_related("writer").order_by("at", "id"))


def article_titles(keys: Iterable[str]) -> dict[str, str]:
    """Law and number of each article that exists: ``{"AF-30": "《反电信网络诈骗法》第三十条"}``."""
    known = articles()
    return {key: known[key].law for key in keys if key in known}


def article_exists(key: str) -> bool:
    return key in articles()


def disclaimer_texts(keys: Iterable[str]) -> dict[str, str]:
    """The sentence of each disclaimer that exists."""
    known = disclaimers()
    return {key: known[key].text for key in keys if key in known}


def articles_in_use() -> dict[str, int]:
    """How many approvals in force lean on each article."""
    cited = Citation.objects.filter(review__status="approved").values("article_id")
    return {
        row["article_id"]: row["reviews"] for row in cited.annotate(reviews=Count("review", distinct=True))
    }


def rechecks_of(review: Review) -> list[Recheck]:
    """Why and by when this approval must be reviewed again, the nearest day first."""
    due = Recheck.objects.filter(review=review, settled_at__isnull=True).select_related("article")
    return list(due.order_by("due_at", "id"))


def finding_key(finding: Mapping[str, Any]) -> str:
    """Names a finding by rule, place and words, so that it is known again after an edit elsewhere."""
    name = "|".join((finding["rule"], finding["path"], finding["matched"]))
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def dismissals_on(subject: Ref) -> dict[str, Dismissal]:
    """Every finding of the subject ever set aside, by finding key: the newest. One that another has taken the
    place of is named by key and number.
    """
    found = Dismissal.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    named: dict[str, Dismissal] = {}
    for aside in found.select_related("by", "seconded_by").order_by("at", "id"):
        key = aside.finding_key
        if key in named:
            before = sum(name.startswith(f"{key}.") for name in named)
            named[f"{key}.{before + 1}"] = named[key]
        named[key] = aside
    return named


def standing_dismissals(review: Review) -> dict[str, Dismissal]:
    """Findings set aside in what counts today, by finding key: of the very sentence, and neither by nor
    confirmed by anyone who has written any of the content since. The database asks the same at an approval.
    """
    writers = writers_of(review)
    sentences = {finding_key(one): one.get("sentence", "") for one in review.findings}
    return {
        aside.finding_key: aside
        for aside in dismissals_on(review.subject).values()
        if not {aside.by_id, aside.seconded_by_id} & writers
        and aside.sentence == sentences.get(aside.finding_key, "")
    }


def standing_findings(review: Review) -> list[Mapping[str, Any]]:
    """Blocks and warnings that nobody has validly set aside: they stand in the way of an approval."""
    aside = standing_dismissals(review)
    return [one for one in review.findings if not is_settled(one, aside.get(finding_key(one)))]


def decisions_on(review: Review) -> list[Decision]:
    """What was decided in this review, in order, with the names."""
    decided = Decision.objects.filter(review=review).select_related("reviewer", "stands_in_for")
    return list(decided.order_by("at", "id"))


def history_of(subject: Ref) -> list[Review]:
    """Every review of the subject, newest first, without the weight of its content."""
    reviews = Review.objects.of_subject(subject.kind, subject.id).select_related("author")
    return list(answered(reviews.light()).order_by("-submitted_at", "-id"))
