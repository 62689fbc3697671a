"""Letting a question stand against the newer wording of its article: a decision of compliance."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from campaigns.models import Clearance, Question, QuestionVersion
from campaigns.question_quarantine import Held, held_called
from campaigns.usecases.holding import holding_is_over
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError
from ledger.queries import history_of
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase


class OwnQuestion(DomainError):
    """Four eyes: nobody who wrote any of it lets it stand."""

    code = "own_question"
    status = 403
    zh = "您参与了这道题的编写，须由其他同事复核。"
    en = "You worked on this question. A colleague must look at it again."


class ArticleGone(DomainError):
    """The article is gone, or its wording was withdrawn here: the question has to cite another one."""

    code = "article_gone"
    zh = "所引法规已失效或撤回，这道题须改写后重新送审。"
    en = "The article is no longer in force, or was withdrawn. The question has to be rewritten and reviewed."


@usecase(Permission.CLEAR_QUESTION)
def clear_question(
    *, actor: Actor, code: str, article_version: int, reasons: str, now: datetime
) -> Clearance:
    """Say, with reasons, that the question holds against this wording of its article, unchanged.

    `article_version` is the wording the colleague read: if a still newer one is there, nothing is cleared.
    Raises NotFound, BadRequest, OwnQuestion, ArticleGone.
    """
    held = held_called(code, now=now)
    words = reasons.strip()
    if not words or len(words) > 500 or held.after.number != article_version:
        raise BadRequest
    if held.rewrite_only:
        raise ArticleGone
    if _wrote(actor, held):
        raise OwnQuestion

    clearance: Clearance = Clearance.objects.create(
        code=held.code,
        wording=held.wording,
        article_version=held.after,
        author_id=held.author_id,
        last_editor_id=held.last_editor_id,
        by_id=actor.id,
        reasons=words,
        at=now,
    )
    if held.question_id is not None:
        holding_is_over(Ref("question", held.question_id), now=now)
    record(
        "questions.cleared",
        actor=actor,
        subject=Ref("question", held.question_id) if held.question_id else Ref("clearance", clearance.id),
        at=now,
        code=held.code,
        article=held.after.article_id,
        version=held.after.number,
    )
    return clearance


def _wrote(actor: Actor, held: Held) -> bool:
    """Whether this colleague worked on any question that says the same: a clearance is of the wording."""
    submitted = QuestionVersion.objects.filter(wording=held.wording).values("question_id")
    same = list(Question.objects.filter(Q(wording=held.wording) | Q(id__in=submitted)))
    if any(actor.id in (one.author_id, one.last_editor_id) for one in same):
        return True
    edits = Q(actor_id=actor.id, verb="questions.edited")
    return any(history_of("question", one.id).filter(edits).exists() for one in same)
