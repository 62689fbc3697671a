"""When the law changes, its questions are out of use at once, and come back by a decision. F8, F71, S6."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, ProgrammingError

from campaigns import certification
from campaigns.models import Campaign, Clearance, Question
from campaigns.question_library import known_wordings
from campaigns.question_quarantine import held_questions
from campaigns.usecases import submit_for_review
from campaigns.usecases.clearing import ArticleGone, OwnQuestion, clear_question
from campaigns.usecases.holding import HELD, tell_of_held
from campaigns.usecases.questions import QuestionNotReady, save_question, submit_question
from compliance.models import ArticleVersion, Recheck
from compliance.usecases import raise_rechecks, revoke_overdue
from kernel.actor import SYSTEM
from kernel.errors import BadRequest, Denied, NotFound
from kernel.timekeeping import local_day
from ledger.queries import history_of
from tenancy.models import StaffNotice
from tenancy.notices import notices_of, worded
from tests.campaigns.conftest import put_out
from tests.campaigns.test_question_library import (
    a_question,
    approved_question,
    asking,
    codes_offered,
    decide,
    refusals,
    state_of,
    the_offered,
)
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in


def the_law_changes(key: str = "AF-30", number: int = 2, *, withdrawn: bool = False) -> None:
    """A newer wording, put on the shelf by the owner, as an upgrade does."""
    ArticleVersion.objects.using("owner").create(
        article_id=key, number=number, requirement=f"{key}的新条款第{number}版", withdrawn=withdrawn,
        fingerprint=f"{number}" * 64, published_at=NOON,
    )  # fmt: skip


def held_codes() -> set[str]:
    return {one.code for one in held_questions(now=NOON)}


def test_every_question_of_a_changed_article_is_held_until_a_decision(
    committed_db, marketer, officer, draft_quiz
):
    """F8, F71: ours and the institution's own; offered, submittable and listed change in the same moment."""
    question = approved_question(marketer, officer)
    asking(draft_quiz, marketer, the_offered(question.code))
    live = put_out(Campaign.of(draft_quiz.id), marketer)
    assert held_codes() == set()

    the_law_changes()
    raise_rechecks(actor=SYSTEM, now=NOON)

    assert state_of(question) == "quarantined"
    assert {question.code, "AF01"} <= held_codes()
    assert not {question.code, "AF01"} & codes_offered()
    assert ("settings.questions.0.text", "question_quarantined") in refusals(draft_quiz, marketer)
    (held,) = [one for one in held_questions(now=NOON) if one.code == question.code]
    assert held.before is not None
    assert (held.before.number, held.after.number) == (1, 2)
    (using,) = held.campaigns
    assert (using.id, using.due_at) == (live.id, Recheck.objects.get(review__subject_id=live.id).due_at)
    page = signed_in(officer).get("/desk/questions/held/").content.decode()
    assert "AF-30的新条款第2版" in page
    assert "逾期自动下线" in page

    clear_question(actor=officer, code="AF01", article_version=2, reasons="结论不变", now=NOON)
    assert "AF01" in codes_offered()
    the_law_changes(number=3)
    assert "AF01" not in codes_offered(), "a newer wording still needs a decision of its own"


def test_only_another_colleague_of_compliance_with_reasons_lets_a_question_stand(
    committed_db, at_bank, marketer, officer
):
    both = make_staff("quan.neng", "marketer", "compliance").actor
    question = approved_question(both, officer)
    the_law_changes()

    with pytest.raises(Denied):
        clear_question(actor=marketer, code=question.code, article_version=2, reasons="对", now=NOON)
    with pytest.raises(OwnQuestion):
        clear_question(actor=both, code=question.code, article_version=2, reasons="对", now=NOON)
    for version, reasons in ((2, " "), (1, "读的是旧版")):
        with pytest.raises(BadRequest):
            clear_question(
                actor=officer, code=question.code, article_version=version, reasons=reasons, now=NOON
            )
    with pytest.raises(NotFound):
        clear_question(actor=officer, code="Q-NONE", article_version=2, reasons="对", now=NOON)

    clear_question(actor=officer, code=question.code, article_version=2, reasons="结论不变", now=NOON)
    assert state_of(question) == "approved"
    clearance = Clearance.objects.get()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Clearance.objects.filter(id=clearance.id).update(reasons="改")
    the_law_changes(number=3)
    for author in (both.id, officer.id, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            _forged(question, author, by=both.id)


def test_no_author_clears_the_wording_through_a_copy_of_another_colleague(
    committed_db, at_bank, marketer, officer, monkeypatch
):
    """F8: a clearance is of the wording. The library refuses copies now; older ones may be there."""
    both = make_staff("quan.neng", "marketer", "compliance").actor
    first = approved_question(both, officer)
    other_words = a_question(text="有人自称客服要您转账，您应当？")
    save_question(actor=both, question_id=first.id, revision=1, written=other_words, now=NOON)
    monkeypatch.setattr("campaigns.usecases.questions._told_twice", lambda _question: [])
    copy = approved_question(marketer, officer)
    the_law_changes()

    with pytest.raises(OwnQuestion):
        clear_question(actor=both, code=copy.code, article_version=2, reasons="对", now=NOON)

    clear_question(actor=officer, code=copy.code, article_version=2, reasons="结论不变", now=NOON)
    assert state_of(copy) == "approved"


def _forged(question: Question, author: UUID | None, *, by: UUID) -> None:
    """By plain SQL as the runtime role: one's own question, with its authors told truly or not."""
    newest = ArticleVersion.objects.get(article_id="AF-30", number=3)
    Clearance.objects.create(
        code=question.code,
        wording=question.wording,
        article_version=newest,
        author_id=author,
        last_editor_id=author,
        by_id=by,
        reasons="自己复核",
        at=NOON,
    )


def test_sealing_our_bank_again_does_not_release_what_the_law_holds(monkeypatch, tmp_path):
    """F8: only naming the article says that someone read the questions against its new wording."""
    file = tmp_path / "bank.json"
    file.write_bytes(certification.CERTIFICATE.read_bytes())
    shipped = {**certification.shipped_fingerprints(), "AF-30": "new"}
    monkeypatch.setattr(certification, "CERTIFICATE", file)
    monkeypatch.setattr(certification, "shipped_fingerprints", lambda: shipped)
    days = {"on": local_day(NOON), "until": local_day(NOON + ONE_DAY)}

    assert certification.write_bank_certificate(**days) == ["AF-30"]
    assert json.loads(file.read_text())["articles"]["AF-30"] != "new"
    assert certification.write_bank_certificate(**days, reread=["AF-30"]) == []
    assert json.loads(file.read_text())["articles"]["AF-30"] == "new"


def test_unchanged_words_against_the_new_wording_are_another_version_and_another_decision(
    committed_db, marketer, officer
):
    question = approved_question(marketer, officer)
    the_law_changes()

    second = submit_question(actor=marketer, question_id=question.id, now=NOON)

    assert (second.number, second.article_version.number) == (2, 2)
    assert state_of(question) == "quarantined"
    decide(question, officer)
    assert state_of(question) == "approved"
    assert question.code not in held_codes()


def test_a_withdrawn_article_is_not_cited_any_more_and_takes_campaigns_off_at_once(
    committed_db, marketer, officer, draft_quiz
):
    """F71: nothing is let stand against an article that is gone; the question is rewritten."""
    question = approved_question(marketer, officer)
    asking(draft_quiz, marketer, the_offered(question.code))
    put_out(Campaign.of(draft_quiz.id), marketer)

    the_law_changes(withdrawn=True)
    raise_rechecks(actor=SYSTEM, now=NOON)

    with pytest.raises(ArticleGone):
        clear_question(actor=officer, code=question.code, article_version=2, reasons="对", now=NOON)
    with pytest.raises(QuestionNotReady):
        submit_question(actor=marketer, question_id=question.id, now=NOON)
    assert revoke_overdue(actor=SYSTEM, now=NOON) == 1, "the campaign's approval; the question keeps its own"
    rewritten = a_question(article="AF-31")
    save_question(actor=marketer, question_id=question.id, revision=1, written=rewritten, now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    decide(question, officer)
    assert state_of(question) == "approved"


def test_changing_the_blanks_or_the_topic_does_not_get_round_the_quarantine(
    committed_db, marketer, officer, draft_quiz
):
    question = approved_question(marketer, officer)
    taken = the_offered(question.code)
    the_law_changes()
    options = taken["options"]
    disguised = {
        **taken, "id": "own-7", "text": f" {taken['text']} ", "topic": "安全",
        "answer": options[-1]["id"],
        "options": [{**one, "text": options[-place]["text"]} for place, one in enumerate(options, start=1)],
    }  # fmt: skip

    asking(draft_quiz, marketer, disguised)

    assert ("settings.questions.0.text", "question_quarantined") in refusals(draft_quiz, marketer)


def test_the_lists_take_the_same_queries_however_long(
    committed_db, marketer, officer, django_assert_max_num_queries
):
    for number in range(3):
        approved_question(marketer, officer, text=f"第{number}种情形，您应当？")
    the_law_changes()

    with django_assert_max_num_queries(8):
        assert len([one for one in held_questions(now=NOON) if not one.ours]) == 3
    with django_assert_max_num_queries(8):
        known_wordings(Question.objects.values_list("wording", flat=True), now=NOON)


def test_an_unheld_campaign_is_submitted_as_before(marketer, draft_quiz):
    assert submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)


def test_authors_are_told_once_that_the_law_holds_their_question_until_they_act(
    committed_db, marketer, officer
):
    """F8, F71: author and last editor; the evidence knows it too."""
    editor = make_staff("bian.ji", "marketer").actor
    question = approved_question(marketer, officer)
    newer = a_question(topic="防骗")
    save_question(actor=editor, question_id=question.id, revision=1, written=newer, now=NOON)
    assert tell_of_held(actor=SYSTEM, now=NOON) == 0
    the_law_changes()

    assert [tell_of_held(actor=SYSTEM, now=NOON) for _round in range(2)] == [1, 0]

    for author in (marketer, editor):
        (told,) = worded(notices_of(author.id, unread_only=True).filter(kind=HELD))
        assert "共享屏幕" in told.sentence
        assert str(question.id) in told.url
    held = history_of("question", question.id).get(verb="questions.held")
    assert held.data == {"article": "AF-30", "version": 2}
    submit_question(actor=editor, question_id=question.id, now=NOON)
    assert not StaffNotice.objects.filter(kind=HELD, read_at=None).exists()
