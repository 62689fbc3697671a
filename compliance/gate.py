"""The one question before anything goes live: is there a valid approval of exactly this content?

The database asks the same question again in a trigger; this door answers people in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef

from compliance.endings import ApprovalUntil
from compliance.models import Condition, Review, ReviewQuerySet
from kernel.actor import Ref
from kernel.errors import DomainError


class NotApproved(DomainError):
    """No approved, unexpired review names this fingerprint."""

    code = "not_approved"
    zh = "这一版内容还没有有效的合规审核通过记录，不能发布。请先提交审核。"
    en = (
        "This version has no valid compliance approval and cannot go live. Please submit it for review first."
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """What stands behind a live version; `certificate` is the 审核编号 that phones show.

    `expires_at` is when it ends: its own day, or an earlier one by which it has to be given anew.
    """

    certificate: str
    approved_at: datetime
    expires_at: datetime


class Answer(StrEnum):
    """Whether a review approves its content at a moment."""

    IN_FORCE = "in_force"
    WAITING = "waiting"  # given, but a condition is still to be met
    NONE = "none"  # never given, run out, taken back, overdue, or without the law it leans on


def answered(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """Each review with what `answer_on` reads; every list that says what is approved is annotated here."""
    annotated: ReviewQuerySet = reviews.annotate(
        approved_until=ApprovalUntil(F("pk")), given_until=ApprovalUntil(F("pk"), conditions=False)
    )
    return annotated


def answer_on(review: Any, now: datetime) -> Answer:  # Any: a Review annotated by `answered`
    """The one answer to "is this approved". Swept or not: nobody need have taken an ended approval back."""
    if review.approved_until is not None and review.approved_until > now:
        return Answer.IN_FORCE
    if review.given_until is not None and review.given_until > now:
        return Answer.WAITING
    return Answer.NONE


def ends_on(review: Any, now: datetime) -> datetime | None:  # Any: a Review annotated by `answered`
    """The day to tell people: when the approval ends or has run out; None where something else ended it."""
    if review.given_until is not None:
        until: datetime = review.given_until
        return until
    return review.expires_at if review.expires_at is not None and review.expires_at <= now else None


def given(reviews: ReviewQuerySet, now: datetime) -> ReviewQuerySet:
    """Those whose approval was given, has not run out and waits for nothing, whatever became of the law they
    lean on: for a subject whose room tells of the law by itself, as the question library does by quarantine.
    """
    unmet = Condition.objects.filter(review_id=OuterRef("pk"), met_at__isnull=True)
    found: ReviewQuerySet = reviews.approved().filter(expires_at__gt=now).exclude(Exists(unmet))
    return found


def approval_of(*, subject: Ref, fingerprint: str, now: datetime) -> Approval | None:
    """The valid approval of exactly this content, or None: also where no sweep has taken it back yet."""
    of_content = Review.objects.of_subject(subject.kind, subject.id).filter(fingerprint=fingerprint)
    found = (
        answered(of_content.approved())
        .filter(approved_until__gt=now)
        .order_by("-decided_at", "-id")
        .values("certificate", "decided_at", "approved_until")
        .first()
    )
    if found is None:
        return None
    return Approval(found["certificate"], found["decided_at"], found["approved_until"])


def require_approval(*, subject: Ref, fingerprint: str, now: datetime) -> Approval:
    """The valid approval of exactly this content. Raises NotApproved."""
    approval = approval_of(subject=subject, fingerprint=fingerprint, now=now)
    if approval is None:
        raise NotApproved
    return approval
