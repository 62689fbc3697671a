"""Remarks on a field of the content, or on the whole: written, answered, dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from compliance.mentions import mentionable
from compliance.models import Comment, Review
from compliance.notices import tell_of_remark
from compliance.subjects import faces
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase


class CannotBeMentioned(DomainError):
    """Only who may read the remark can be mentioned in it."""

    code = "cannot_be_mentioned"
    status = 422
    zh = "您提到的同事看不到这项审核，请重新选择。"
    en = "A colleague you mentioned cannot see this review. Please choose again."


class NoSuchField(DomainError):
    """A remark hangs on a field that is there to be read, or on the whole."""

    code = "no_such_field"
    status = 422
    zh = "这份内容里没有您批注的这一栏，请在要批注的内容旁边留言。"
    en = "There is no such field in this content. Please remark beside what you mean."


class RemarkLength(DomainError):
    code = "remark_length"
    status = 422
    zh = "意见请写 1 到 {most} 字，您写了 {length} 字。"
    en = "A remark has 1 to {most} characters; yours has {length}."

    def __init__(self, *, length: int) -> None:
        super().__init__(most=MOST_TEXT, length=length)


MOST_MENTIONS = 20
MOST_TEXT = 2000
MOST_PATH = 200


@usecase(Permission.COMMENT_REVIEW)
def write_comment(
    *,
    actor: Actor,
    subject: Ref,
    text: str,
    path: str = "",
    review_id: UUID | None = None,
    answers_id: UUID | None = None,
    mentions: Sequence[UUID] = (),
    now: datetime,
) -> Comment:
    """Remark on a field of the content, or on the whole (`path` empty); tell those mentioned and answered.

    An answer to an answer stands in the same thread.
    Raises RemarkLength, NoSuchField, BadRequest (too many mentions), NotFound when it answers no remark on
    this subject, CannotBeMentioned.
    """
    words = text.strip()
    if not 1 <= len(words) <= MOST_TEXT:
        raise RemarkLength(length=len(words))
    if len(set(mentions)) > MOST_MENTIONS:
        raise BadRequest
    if path and answers_id is None and not _is_field(path, review_id):
        raise NoSuchField
    if mentions and not set(mentions) <= {each.id for each in mentionable(subject, now=now)}:
        raise CannotBeMentioned
    comment: Comment = Comment.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        review_id=review_id,
        path=path,
        text=words,
        mentions=sorted({str(each) for each in mentions}),
        writer_id=actor.id,
        answers_id=_thread(subject, answers_id),
        at=now,
    )
    tell_of_remark(comment, now=now)
    record(
        "compliance.commented",
        actor=actor,
        subject=Ref("comment", comment.id),
        at=now,
        campaign_id=subject.id,
        mentions=len(comment.mentions),
    )
    return comment


@usecase(Permission.COMMENT_REVIEW)
def answer_comment(
    *, actor: Actor, comment_id: UUID, text: str, mentions: Sequence[UUID] = (), now: datetime
) -> Comment:
    """Answer a remark where it stands. Raises NotFound, RemarkLength, BadRequest, CannotBeMentioned."""
    remark = Comment.objects.filter(id=comment_id).first()
    if remark is None:
        raise NotFound
    return write_comment(
        actor=actor,
        subject=Ref(remark.subject_kind, remark.subject_id),
        text=text,
        path=remark.path,
        review_id=remark.review_id,
        answers_id=remark.id,
        mentions=mentions,
        now=now,
    )


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


def _is_field(path: str, review_id: UUID | None) -> bool:
    """Whether reviewers read something at this place of the content; outside a review any place will do."""
    review = Review.objects.filter(id=review_id).first() if review_id else None
    if review is None:
        return len(path) <= MOST_PATH
    sections = faces.of(review.subject_kind).sections(review.content)
    return any(part.path == path for section in sections for part in section.parts)


def _thread(subject: Ref, answers_id: UUID | None) -> UUID | None:
    """The remark that began the thread. Raises NotFound when there is no such remark on this subject."""
    if answers_id is None:
        return None
    remarks = Comment.objects.filter(subject_kind=subject.kind, subject_id=subject.id, id=answers_id)
    answered: Comment | None = remarks.first()
    if answered is None:
        raise NotFound
    return answered.answers_id or answered.id
