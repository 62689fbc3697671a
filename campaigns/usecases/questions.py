"""The institution's own questions: written, saved while typing, laid before compliance, put out of use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from campaigns.bank import bank_by_wording
from campaigns.games.base import Json, Problem, Words
from campaigns.models import Question, QuestionVersion
from campaigns.question_content import (
    Written,
    WrittenOption,
    as_question,
    day_of,
    problems_of_question,
    texts_of_question,
    wording_of,
)
from campaigns.usecases.drafting import CODE_LETTERS, DraftMoved, DraftTooLarge, free_code, storable
from campaigns.usecases.freezing import frozen, lay_before_compliance
from campaigns.usecases.holding import holding_is_over
from compliance.gate import approval_of
from compliance.models import ArticleVersion
from compliance.queries import pack_in_force
from compliance.scanner import Finding, scan_with_excused
from compliance.usecases import withdraw_review
from compliance.usecases.leaning import submission_begins
from compliance.withdrawals import withdrawn_articles
from kernel.actor import Actor
from kernel.errors import DomainError, NotFound
from kernel.fingerprint import canonical_json, fingerprint
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

LARGEST = 16 * 1024
MOST_AT_ONCE = 200


class QuestionNotReady(DomainError):
    """The question has problems or blocking findings; they come along, each with its place."""

    code = "question_not_ready"
    status = 422
    zh = "还有 {count} 处需要修改后才能送审。"
    en = "{count} places need to be changed before it can be submitted."

    def __init__(self, problems: Sequence[Problem], findings: Sequence[Finding]) -> None:
        self.problems, self.findings = problems, findings
        blocking = [finding for finding in findings if finding.severity == "block"]
        super().__init__(count=len(problems) + len(blocking))


class QuestionApproved(DomainError):
    code = "question_approved"
    zh = "这一版题目已审核通过，没有变化。"
    en = "This question is approved as it stands."


class QuestionRetired(DomainError):
    code = "question_retired"
    zh = "这道题已停用，请先恢复。"
    en = "This question was retired. Bring it back first."


class QuestionMerged(DomainError):
    code = "question_merged"
    zh = "这道题已并入另一道相同的题，不能恢复。"
    en = "This question was merged into another that says the same and cannot be brought back."


@usecase(Permission.EDIT_CAMPAIGN)
def write_question(*, actor: Actor, written: Written | None = None, now: datetime) -> Question:
    """A fresh draft in the library, for the institution's own sector. Raises DraftTooLarge."""
    sector = institution_of(current_institution()).sector
    typed = (written or Written(options=_four_options(), sectors=[sector])).as_json()
    question = Question(
        code=free_code(Question.objects, CODE_LETTERS.upper(), 6, "Q-"),
        author_id=actor.id,
        last_editor_id=actor.id,
        created_at=now,
        saved_at=now,
    )
    _write_into(question, typed)
    question.save(force_insert=True)
    record("questions.created", actor=actor, subject=question.ref, at=now)
    return question


@usecase(Permission.EDIT_CAMPAIGN)
def import_questions(*, actor: Actor, rows: Sequence[Written], now: datetime) -> list[Question]:
    """Drafts from rows that were read; at most `MOST_AT_ONCE`. Raises DraftTooLarge."""
    if not rows or len(rows) > MOST_AT_ONCE:
        raise DraftTooLarge
    return [write_question(actor=actor, written=row, now=now) for row in rows]


@usecase(Permission.EDIT_CAMPAIGN, may_do_nothing=True)
def save_question(
    *, actor: Actor, question_id: UUID, revision: int, written: Written, now: datetime
) -> Question:
    """Keep what was typed, if it was typed onto `revision`. What was approved is not touched.

    Raises NotFound, DraftMoved, DraftTooLarge.
    """
    question = locked_question(question_id)
    if question.revision != revision:
        raise DraftMoved(revision=question.revision)
    before = question.draft
    _write_into(question, written.as_json())
    if question.draft == before:
        return question

    question.revision += 1
    question.last_editor_id = actor.id
    question.saved_at = now
    question.save()
    record("questions.edited", actor=actor, subject=question.ref, at=now, revision=question.revision)
    return question


@usecase(Permission.SUBMIT_CAMPAIGN)
def submit_question(
    *, actor: Actor, question_id: UUID, batch_id: UUID | None = None, now: datetime
) -> QuestionVersion:
    """Freeze the question with the wording of the article it cites, and open its review.

    Unchanged words against a newer wording of the article are another version: a new decision. `batch_id`
    names what is submitted together.
    Raises NotFound, QuestionRetired, QuestionNotReady, QuestionApproved, RulesWithdrawn, AlreadyInReview.
    """
    question = locked_question(question_id)
    if question.retired_at is not None:
        raise QuestionRetired
    submission_begins()
    sector = institution_of(current_institution()).sector
    problems = [*problems_of_question(question.draft, today=local_day(now)), *_told_twice(question)]
    cited = ArticleVersion.objects.newest([question.article]).get(question.article)
    if cited is None or cited.withdrawn or withdrawn_articles([question.article]):
        gone = Words(
            "所引法规已失效或撤回，请改引现行条款", "The article is not in force or withdrawn; cite another"
        )
        problems.append(Problem("article", "article_withdrawn", gone))
    findings, excused = scan_with_excused(texts_of_question(question.draft), sector, pack=pack_in_force())
    if cited is None or problems or any(finding.severity == "block" for finding in findings):
        raise QuestionNotReady(problems, findings)
    content = {**question.draft, "article_version": cited.number}
    if approval_of(subject=question.ref, fingerprint=fingerprint(content), now=now):
        raise QuestionApproved

    version: QuestionVersion = frozen(
        question.versions,
        content,
        actor=actor,
        now=now,
        wording=question.wording,
        article_version=cited,
        valid_from=day_of(content["valid_from"]),
        valid_until=day_of(content["valid_until"]),
    )
    lay_before_compliance(
        question,
        content,
        title=question.text,
        findings=findings,
        excused=excused,
        actor=actor,
        batch_id=batch_id,
        now=now,
    )
    holding_is_over(question.ref, now=now)
    record(
        "questions.submitted",
        actor=actor,
        subject=question.ref,
        at=now,
        version=version.number,
        fingerprint=version.fingerprint,
    )
    return version


@usecase(Permission.SUBMIT_CAMPAIGN)
def withdraw_question(*, actor: Actor, question_id: UUID, now: datetime) -> Question:
    """Take it back before it is decided. Raises NotFound, IllegalTransition."""
    question = locked_question(question_id)
    withdraw_review(actor=actor, subject=question.ref, now=now)
    record("questions.withdrawn", actor=actor, subject=question.ref, at=now)
    return question


@usecase(Permission.EDIT_CAMPAIGN)
def retire_question(*, actor: Actor, question_id: UUID, now: datetime) -> Question:
    """Offer it to no campaign any more; what is out with it stays out. Raises NotFound, QuestionRetired."""
    question = locked_question(question_id)
    if question.retired_at is not None:
        raise QuestionRetired
    question.retired_at = now
    question.save(update_fields=["retired_at"])
    record("questions.retired", actor=actor, subject=question.ref, at=now)
    return question


@usecase(Permission.EDIT_CAMPAIGN, may_do_nothing=True)
def restore_question(*, actor: Actor, question_id: UUID, now: datetime) -> Question:
    """Bring a retired one back, with whatever approval still holds. Raises NotFound, QuestionMerged."""
    question = locked_question(question_id)
    if question.merged_into_id is not None:
        raise QuestionMerged
    if question.retired_at is None:
        return question
    question.retired_at = None
    question.save(update_fields=["retired_at"])
    record("questions.restored", actor=actor, subject=question.ref, at=now)
    return question


def locked_question(question_id: UUID) -> Question:
    """The question of the open scope, locked. Raises NotFound."""
    found: Question | None = Question.objects.select_for_update().filter(id=question_id).first()
    if found is None:
        raise NotFound
    return found


def _write_into(question: Question, typed: Json) -> None:
    """The draft, and the columns that lists search and filter by. Raises DraftTooLarge."""
    kept = storable(typed)
    if len(canonical_json(kept)) > LARGEST or len(kept["options"]) > 12 or len(kept["sectors"]) > 8:
        raise DraftTooLarge
    question.draft = kept
    question.text = kept["text"][:300]
    question.topic = kept["topic"].strip()[:20]
    question.article = kept["article"].strip()[:40]
    question.sectors = kept["sectors"]
    question.wording = wording_of(as_question(kept, "draft"))


def _told_twice(question: Question) -> list[Problem]:
    """The library tells everything once: otherwise one copy could be in use while the other is held.

    What another question says now counts, and whatever it has ever been submitted with: that may still stand.
    """
    known = bank_by_wording().get(question.wording)
    drafted = Q(wording=question.wording)
    laid_before = Q(id__in=QuestionVersion.objects.filter(wording=question.wording).values("question_id"))
    others = Question.objects.filter(drafted | laid_before, merged_into__isnull=True).exclude(id=question.id)
    other = others.order_by("id").first()
    if known is None and other is None:
        return []
    code = known.id if known else other.code if other else ""
    words = Words(f"题库中已有相同的题目（{code}）", f"The library has this question already ({code})")
    return [Problem("text", "question_twice", words)]


def _four_options() -> list[WrittenOption]:
    return [WrittenOption(letter) for letter in "ABCD"]
