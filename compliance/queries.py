"""What reviewers and authors look at. Reading only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from compliance.library import articles, disclaimers
from compliance.models import Comment, Decision, Review, ReviewQuerySet, Verdict
from kernel.actor import Actor, Ref


def open_reviews() -> ReviewQuerySet:
    """The whole queue, oldest first."""
    queue: ReviewQuerySet = Review.objects.open().select_related("author").order_by("submitted_at", "id")
    return queue


def open_reviews_for(actor: Actor) -> list[Review]:
    """The reviews this colleague can decide now: asked role held, not the author, not decided yet."""
    decided = set(Decision.objects.filter(reviewer_id=actor.id).values_list("review_id", flat=True))
    return [
        review
        for review in open_reviews().exclude(author_id=actor.id).exclude(last_editor_id=actor.id)
        if review.id not in decided and roles_open_to(review, actor)
    ]


def roles_open_to(review: Review, actor: Actor) -> list[str]:
    """The roles this actor could fill in the current stage, in a fixed order."""
    missing = missing_roles(review)
    return sorted(role for role in missing if role in actor.roles)


def missing_roles(review: Review) -> dict[str, int]:
    """How many approvals of which role the current stage still lacks."""
    given = Counter(
        Decision.objects.filter(review=review, stage=review.stage, verdict=Verdict.APPROVE).values_list(
            "role", flat=True
        )
    )
    wanted = review.asked_roles
    return {role: count - given[role] for role, count in wanted.items() if count > given[role]}


def latest_review(subject: Ref, fingerprint: str | None = None) -> Review | None:
    """The newest review of a subject, or of exactly this content."""
    reviews = Review.objects.of_subject(subject.kind, subject.id)
    if fingerprint is not None:
        reviews = reviews.filter(fingerprint=fingerprint)
    found: Review | None = reviews.order_by("-submitted_at", "-id").first()
    return found


def last_approved(subject: Ref) -> Review | None:
    """The newest approval ever given to the subject, lapsed ones included: what a difference is shown from."""
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
