"""Setting a finding aside, with the reason; a blocking one takes two people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.models import Dismissal, Review
from compliance.notices import tell_of_dismissal
from compliance.queries import finding_key, standing_dismissals, wrote
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.lifecycle import IllegalTransition
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase


class NotAFinding(DomainError):
    code = "not_a_finding"
    status = 404
    zh = "这一版里没有这条提示。"
    en = "This version has no such finding."


class SecondPersonNeeded(DomainError):
    """Nobody confirms their own dismissal, nor does anyone who wrote any of the content."""

    code = "second_person_needed"
    status = 403
    zh = "需要另一位审核人员确认,且不能参与过内容的编写。"
    en = "Another reviewer must confirm this, who worked on none of the content."


class AlreadyDismissed(DomainError):
    code = "already_dismissed"
    zh = "这条提示已有处理记录。"
    en = "This finding has been dealt with already."


class DismissalLapsed(DomainError):
    """Whoever set the finding aside has written of the content since: nothing is left to confirm."""

    code = "dismissal_lapsed"
    zh = "提出保留的同事后来参与了内容编写,原处理已失效。请由其他审核人员重新处理。"
    en = "The colleague who set this aside has worked on the content since. Another reviewer must do so anew."


@usecase(Permission.DECIDE_REVIEW)
def dismiss_finding(*, actor: Actor, review_id: UUID, key: str, reason: str, now: datetime) -> Dismissal:
    """Set one finding of an open review aside. It stays on record, with the reason; it counts no longer once
    whoever did so, or confirmed it, writes any of the content, and others may then set it aside anew.

    Raises NotAFinding, SecondPersonNeeded (who wrote any of it), AlreadyDismissed, BadRequest (no
    reason), IllegalTransition (the review has ended).
    """
    review = _open_review(review_id, "dismiss")
    finding = _finding(review, key)
    if wrote(actor.id, review):
        raise SecondPersonNeeded
    words = reason.strip()
    if not words or len(words) > 1000:
        raise BadRequest
    if key in standing_dismissals(review):
        raise AlreadyDismissed
    dismissal: Dismissal = Dismissal.objects.create(
        subject_kind=review.subject_kind,
        subject_id=review.subject_id,
        finding_key=key,
        rule=finding["rule"],
        path=finding["path"],
        matched=finding["matched"],
        severity=finding["severity"],
        reason=words,
        by_id=actor.id,
        at=now,
    )
    record(
        "compliance.dismissed",
        actor=actor,
        subject=Ref("dismissal", dismissal.id),
        at=now,
        campaign_id=review.subject_id,
        rule=dismissal.rule,
        severity=dismissal.severity,
    )
    tell_of_dismissal(dismissal, review, now=now)
    return dismissal


@usecase(Permission.DECIDE_REVIEW)
def second_dismissal(*, actor: Actor, review_id: UUID, dismissal_id: UUID, now: datetime) -> Dismissal:
    """Confirm a colleague's dismissal. Raises NotFound, SecondPersonNeeded, AlreadyDismissed,
    DismissalLapsed, IllegalTransition.
    """
    review = _open_review(review_id, "second")
    dismissal: Dismissal | None = (
        Dismissal.objects.filter(id=dismissal_id, subject_id=review.subject_id).select_for_update().first()
    )
    if dismissal is None:
        raise NotFound
    if actor.id == dismissal.by_id or wrote(actor.id, review):
        raise SecondPersonNeeded
    if dismissal.seconded_by_id is not None:
        raise AlreadyDismissed
    if wrote(dismissal.by_id, review):
        raise DismissalLapsed
    dismissal.seconded_by_id = actor.id
    dismissal.seconded_at = now
    dismissal.save(update_fields=["seconded_by", "seconded_at"])
    record(
        "compliance.dismissal_confirmed",
        actor=actor,
        subject=Ref("dismissal", dismissal.id),
        at=now,
        campaign_id=review.subject_id,
        rule=dismissal.rule,
    )
    return dismissal


def _open_review(review_id: UUID, deed: str) -> Review:
    review: Review = Review.objects.locked(review_id)
    if review.status != "open":
        raise IllegalTransition(state=review.status, deed=deed)
    return review


def _finding(review: Review, key: str) -> Mapping[str, Any]:
    for finding in review.findings:
        if finding_key(finding) == key:
            found: Mapping[str, Any] = finding
            return found
    raise NotAFinding
