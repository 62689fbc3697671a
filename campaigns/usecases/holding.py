"""Telling the authors of a question that the law has put it out of use. It is out with or without this."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Question
from campaigns.question_quarantine import own_held
from kernel.actor import Actor, Ref
from ledger.models import Entry
from ledger.record import record
from tenancy.notices import notify, settle
from tenancy.usecase import usecase

HELD = "question.held"


@usecase(by="system", may_do_nothing=True)
def tell_of_held(*, actor: Actor, now: datetime) -> int:
    """Tell author and last editor of every question that a newer wording holds, once a wording; how many.

    Safe to repeat: the ledger remembers. A question somebody is working on is left to the next round.
    """
    held = {one.question_id: one for one in own_held(now)}
    free = Question.objects.select_for_update(skip_locked=True).filter(id__in=held)
    questions = list(free.order_by("id"))
    before = Entry.objects.filter(verb="questions.held", subject_kind="question", subject_id__in=held)
    known = {(pk, data["article"], data["version"]) for pk, data in before.values_list("subject_id", "data")}
    told = 0
    for question in questions:
        after = held[question.id].after
        if (question.id, after.article_id, after.number) in known:
            continue
        notify(
            {question.author_id, question.last_editor_id},
            kind=HELD,
            subject=question.ref,
            source=after.id,
            now=now,
        )
        record(
            "questions.held",
            actor=actor,
            subject=question.ref,
            at=now,
            article=after.article_id,
            version=after.number,
        )
        told += 1
    return told


def holding_is_over(question: Ref, *, now: datetime) -> None:
    """Somebody let it stand or laid it before compliance anew: the notice asks for nothing any more."""
    settle([HELD], subject=question, now=now)
