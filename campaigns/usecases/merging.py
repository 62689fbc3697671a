"""Two copies of one wording in the library: one is kept, the other set aside for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from campaigns.models import Question
from campaigns.question_library import standings_of
from campaigns.question_twins import told_alike
from campaigns.usecases.questions import locked_question
from kernel.actor import Actor
from kernel.errors import BadRequest, DomainError
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase


class NotTheSameQuestion(DomainError):
    code = "not_the_same_question"
    zh = "这两道题的内容不同，不能合并。"
    en = "These two questions do not say the same and cannot be merged."


class CopyInReview(DomainError):
    code = "copy_in_review"
    zh = "这道题正在审核，请先撤回送审再合并。"
    en = "This question is in review. Take it back before merging it."


class KeepTheApproved(DomainError):
    """Campaigns that use the approved copy would be left without it."""

    code = "keep_the_approved"
    zh = "要合并的这道题已审核通过，另一道还没有。请保留已通过的那一道。"
    en = "The copy to be merged is approved and the other is not. Keep the one that is approved."


@usecase(Permission.EDIT_CAMPAIGN)
def merge_question(*, actor: Actor, question_id: UUID, keep_id: UUID, now: datetime) -> Question:
    """Set a copy aside for the one that is kept: it is offered no more and cannot come back. Campaigns that
    contain the words go on containing them; their history names the copy they were given.

    Raises NotFound, NotTheSameQuestion, CopyInReview, KeepTheApproved, BadRequest (itself, one out of use).
    """
    if question_id == keep_id:
        raise BadRequest
    both = {each: locked_question(each) for each in sorted((question_id, keep_id))}
    copy, kept = both[question_id], both[keep_id]
    if kept.retired_at is not None or copy.merged_into_id is not None:
        raise BadRequest
    if not told_alike(copy, kept):
        raise NotTheSameQuestion
    standing = standings_of([copy, kept], now=now)
    if standing[copy.id].in_review:
        raise CopyInReview
    in_use, instead = standing[copy.id].version, standing[kept.id].version
    if in_use is not None and (instead is None or instead.wording != in_use.wording):
        raise KeepTheApproved

    copy.retired_at = copy.retired_at or now
    copy.merged_into = kept
    copy.save(update_fields=["retired_at", "merged_into"])
    record("questions.merged", actor=actor, subject=copy.ref, at=now, kept=str(kept.id))
    return copy
