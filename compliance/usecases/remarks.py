"""Remarks on a field of the content, or on the whole: written, answered, dealt with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from compliance.models import Comment
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, NotFound
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase


@usecase(Permission.COMMENT_REVIEW)
def write_comment(
    *,
    actor: Actor,
    subject: Ref,
    text: str,
    path: str = "",
    review_id: UUID | None = None,
    answers_id: UUID | None = None,
    now: datetime,
) -> Comment:
    """Remark on a field of the content, or on the whole (`path` empty).

    Raises BadRequest when empty, NotFound when it answers no remark on this subject.
    """
    words = text.strip()
    if not words or len(words) > 2000 or len(path) > 200:
        raise BadRequest
    if answers_id is not None and answers_id not in _remarks_on(subject):
        raise NotFound
    comment: Comment = Comment.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        review_id=review_id,
        path=path,
        text=words,
        writer_id=actor.id,
        answers_id=answers_id,
        at=now,
    )
    record(
        "compliance.commented",
        actor=actor,
        subject=Ref("comment", comment.id),
        at=now,
        campaign_id=subject.id,
    )
    return comment


@usecase(Permission.COMMENT_REVIEW)
def resolve_comment(*, actor: Actor, comment_id: UUID, now: datetime) -> Comment:
    """Mark a remark as dealt with. Raises NotFound."""
    comment = Comment.objects.filter(id=comment_id).select_for_update().first()
    if comment is None:
        raise NotFound
    comment.resolved_by_id = actor.id
    comment.resolved_at = now
    comment.save(update_fields=["resolved_by", "resolved_at"])
    record(
        "compliance.comment_resolved",
        actor=actor,
        subject=Ref("comment", comment.id),
        at=now,
        campaign_id=comment.subject_id,
    )
    found: Comment = comment
    return found


def _remarks_on(subject: Ref) -> set[UUID]:
    remarks = Comment.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return set(remarks.values_list("id", flat=True))
