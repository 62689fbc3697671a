"""What reviewers and authors look at. Reading only."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count

from compliance.library import articles, disclaimers
from compliance.models import (
    Citation,
    Comment,
    Decision,
    Dismissal,
    Recheck,
    Review,
    ReviewQuerySet,
    Verdict,
)
from compliance.packs import pack_in_force
from kernel.actor import Actor, Ref

__all__ = [
    "article_exists",
    "article_titles",
    "articles_in_use",
    "comments_on",
    "decisions_on",
    "disclaimer_texts",
    "dismissals_on",
    "finding_key",
    "history_of",
    "last_approved",
    "latest_review",
    "missing_roles",
    "open_reviews",
    "open_reviews_for",
    "pack_in_force",
    "rechecks_of",
    "roles_open_to",
    "standing_findings",
]


def open_reviews() -> ReviewQuerySet:
    """The whole queue, oldest first."""
    queue: ReviewQuerySet = Review.objects.open().select_related("author").order_by("submitted_at", "id")
    return queue


def open_reviews_for(actor: Actor) -> list[Review]:
    """The reviews this colleague can decide now: asked role held, not the author, not decided yet.

    Three queries however long the queue.
    """
    spoken = Decision.objects.filter(review__status="open")
    decided = set(spoken.filter(reviewer_id=actor.id).values_list("review_id", flat=True))
    given: dict[tuple[UUID, int], Counter[str]] = defaultdict(Counter)
    for review_id, stage, role in spoken.filter(verdict=Verdict.APPROVE).values_list(
        "review_id", "stage", "role"
    ):
        given[review_id, stage][role] += 1
    waiting = open_reviews().exclude(author_id=actor.id).exclude(last_editor_id=actor.id)
    return [
        review
        for review in waiting.select_related(None).defer("content", "findings")
        if review.id not in decided
        and any(role in actor.roles for role in _lacking(review, given[review.id, review.stage]))
    ]


def roles_open_to(review: Review, actor: Actor) -> list[str]:
    """The roles this actor could fill in the current stage, in a fixed order."""
    missing = missing_roles(review)
    return sorted(role for role in missing if role in actor.roles)


def missing_roles(review: Review) -> dict[str, int]:
    """How many approvals of which role the current stage still lacks."""
    given = Decision.objects.filter(review=review, stage=review.stage, verdict=Verdict.APPROVE)
    return _lacking(review, Counter(given.values_list("role", flat=True)))


def _lacking(review: Review, given: Mapping[str, int]) -> dict[str, int]:
    asked = review.asked_roles
    return {role: count - given.get(role, 0) for role, count in asked.items() if count > given.get(role, 0)}


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
    """Findings set aside, by finding key."""
    found = Dismissal.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return {dismissal.finding_key: dismissal for dismissal in found.select_related("by", "seconded_by")}


def standing_findings(review: Review) -> list[Mapping[str, Any]]:
    """Blocking findings that nobody has validly set aside: they stand in the way of an approval."""
    aside = dismissals_on(review.subject)
    return [
        finding
        for finding in review.findings
        if finding["severity"] == "block"
        and not ((dismissal := aside.get(finding_key(finding))) and dismissal.seconded_by_id)
    ]


def decisions_on(review: Review) -> list[Decision]:
    """What was decided in this review, in order, with the names."""
    decided = Decision.objects.filter(review=review).select_related("reviewer", "stands_in_for")
    return list(decided.order_by("at", "id"))


def history_of(subject: Ref) -> list[Review]:
    """Every review of the subject, newest first, without the weight of its content."""
    reviews = Review.objects.of_subject(subject.kind, subject.id).select_related("author")
    return list(reviews.defer("content", "findings").order_by("-submitted_at", "-id"))
