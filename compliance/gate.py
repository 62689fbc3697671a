"""The one question before anything goes live: is there a valid approval of exactly this content?

The database asks the same question again in a trigger; this door answers people in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from compliance.endings import StandsUntil
from compliance.models import Condition, Review
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
    """What stands behind a live version; `certificate` is the 审核编号 that phones show."""

    certificate: str
    approved_at: datetime
    expires_at: datetime


def approval_of(*, subject: Ref, fingerprint: str, now: datetime) -> Approval | None:
    """The valid approval of exactly this content, or None: also where no sweep has taken it back yet."""
    stands_until = StandsUntil(subject.kind, F("subject_id"), F("fingerprint"))
    found = (
        Review.objects.of_subject(subject.kind, subject.id)
        .filter(fingerprint=fingerprint, status="approved", expires_at__gt=now)
        .alias(stands_until=stands_until)
        .filter(stands_until__gt=now)
        .exclude(Exists(Condition.objects.filter(review_id=OuterRef("pk"), met_at__isnull=True)))
        .order_by("-decided_at", "-id")
        .values("certificate", "decided_at", "expires_at")
        .first()
    )
    if found is None:
        return None
    return Approval(found["certificate"], found["decided_at"], found["expires_at"])


def require_approval(*, subject: Ref, fingerprint: str, now: datetime) -> Approval:
    """The valid approval of exactly this content. Raises NotApproved."""
    approval = approval_of(subject=subject, fingerprint=fingerprint, now=now)
    if approval is None:
        raise NotApproved
    return approval
