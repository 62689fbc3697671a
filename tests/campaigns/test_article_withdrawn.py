"""An institution leans on an article no longer: two people say so; what cites it is dealt with. S6, F60."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.bank import question_bank
from campaigns.models import Campaign
from campaigns.question_library import ours_held
from campaigns.question_quarantine import held_called, held_questions
from campaigns.usecases import publish_campaign
from campaigns.usecases.clearing import ArticleGone, clear_question
from campaigns.usecases.questions import QuestionNotReady, submit_question, write_question
from compliance.models import ArticleVersion, Recheck, Review, Withdrawal
from compliance.queries import latest_review
from compliance.usecases import (
    ask_withdrawal,
    confirm_withdrawal,
    decide_review,
    raise_rechecks,
    revoke_overdue,
)
from compliance.usecases.leaning import CitesWithdrawn, LeansOnWithdrawn
from compliance.usecases.withdrawals import OwnAsking
from kernel.actor import SYSTEM
from kernel.scope import scope
from tests.campaigns.conftest import approve, put_out
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
from tests.campaigns.test_question_quarantine import the_law_changes
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in

LATER = NOON + ONE_DAY


def ask(officer, key="AF-30"):
    version = ArticleVersion.objects.newest([key])[key].fingerprint
    return ask_withdrawal(
        actor=officer, kind="article", key=key, version=version, title=key, reason="解读有争议", now=NOON
    )


def withdrawn(officer, key="AF-30"):
    asked = ask(officer, key)
    second = make_staff("song.he", "compliance").actor
    return confirm_withdrawal(actor=second, withdrawal_id=asked.id, now=NOON)


def test_an_article_is_withdrawn_by_two_after_seeing_what_cites_it(marketer, officer, draft_quiz):
    """F60: one asks from the page that lists what cites it; another, with the same list, confirms."""
    put_out(draft_quiz, marketer)
    version = ArticleVersion.objects.newest(["AF-30"])["AF-30"].fingerprint
    browser = signed_in(officer)
    article = browser.get(reverse("compliance:article", args=["AF-30"])).content.decode()
    asking_page = f"{reverse('campaigns:withdrawals')}?article=AF-30"
    assert draft_quiz.title in article
    assert asking_page in article
    assert "先看引用 AF-30 的全部内容" in browser.get(asking_page).content.decode()

    told = {"what": f"article|AF-30|{version}", "reason": "解读有争议"}
    browser.post(reverse("campaigns:withdrawal_ask"), told)
    waiting = Withdrawal.objects.get()
    with pytest.raises(OwnAsking):
        confirm_withdrawal(actor=officer, withdrawal_id=waiting.id, now=NOON)
    assert not Recheck.objects.exists()

    second = signed_in(make_staff("song.he", "compliance").actor)
    listed = second.get(reverse("campaigns:withdrawals")).content.decode()
    assert reverse("compliance:article", args=["AF-30"]) in listed
    second.post(reverse("campaigns:withdrawal_settle", args=[waiting.id, "confirm"]))
    assert Withdrawal.objects.get().status == "confirmed"
    assert "1 份限期重审" in second.get(reverse("campaigns:withdrawals")).content.decode()
    shelf = second.get(reverse("compliance:article", args=["AF-30"])).content.decode()
    assert "本机构已撤回这一版" in shelf
    assert asking_page not in shelf


def test_questions_are_held_at_once_and_campaigns_have_a_day(marketer, officer, draft_quiz, insurer):
    """F71: the institution's own questions and ours; the campaign stays out until its day. Here alone."""
    question = approved_question(marketer, officer)
    asking(draft_quiz, marketer, the_offered(question.code))
    live = put_out(Campaign.of(draft_quiz.id), marketer)

    assert withdrawn(officer).revoked == 1

    ours = {one.id for one in question_bank().values() if one.article == "AF-30"}
    assert state_of(question) == "quarantined"
    assert {one.code for one in held_questions(now=NOON)} == {question.code, *ours}
    assert not {question.code, *ours} & codes_offered()
    with pytest.raises(ArticleGone):
        clear_question(actor=officer, code=question.code, article_version=1, reasons="对", now=NOON)
    page = signed_in(officer).get("/desk/questions/held/").content.decode()
    assert "本机构已撤回这一版" in page

    (recheck,) = Recheck.objects.all()
    assert (recheck.review.subject_id, recheck.article_id) == (live.id, "AF-30")
    assert recheck.due_at > LATER
    assert raise_rechecks(actor=SYSTEM, now=NOON) == 0
    assert revoke_overdue(actor=SYSTEM, now=LATER) == 0
    assert revoke_overdue(actor=SYSTEM, now=recheck.due_at) == 1
    assert Review.objects.get(id=recheck.review_id).ended_because == "article:AF-30"
    with scope(insurer.id):
        assert ours_held() == {}
        assert not Withdrawal.objects.exists()


def test_nothing_new_is_submitted_approved_or_published_leaning_on_it(marketer, officer, draft_quiz):
    """F60: what is open goes back, what is approved and not yet out stays in."""
    question = write_question(actor=marketer, written=a_question(), now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    approve(draft_quiz, marketer)

    withdrawn(officer)

    assert latest_review(question.ref).status == "withdrawn"
    with pytest.raises(QuestionNotReady):
        submit_question(actor=marketer, question_id=question.id, now=LATER)
    with pytest.raises(CitesWithdrawn):
        publish_campaign(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    assert "article_withdrawn" in {code for _path, code in refusals(draft_quiz, marketer, LATER)}


def test_a_review_that_is_open_all_the_same_is_not_approved(marketer, officer):
    """F60: however it came to be still open."""
    question = write_question(actor=marketer, written=a_question(), now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    Withdrawal.objects.filter(id=ask(officer).id).update(
        status="confirmed", settled_by_id=marketer.id, settled_at=LATER
    )

    with pytest.raises(LeansOnWithdrawn):
        decide(question, officer)
    review = latest_review(question.ref)
    returned = decide_review(
        actor=officer, review_id=review.id, verdict="return", reasons="已撤回", now=LATER
    )
    assert returned.status == "returned"


def test_a_newer_wording_is_leant_on_again(committed_db, marketer, officer):
    """F8, S6: held until read against the newer wording; what was cleared against a withdrawn one is not."""
    question = approved_question(marketer, officer)
    the_law_changes()
    for code in (question.code, "AF01"):
        clear_question(actor=officer, code=code, article_version=2, reasons="结论不变", now=NOON)
    assert state_of(question) == "approved"

    withdrawn(officer)
    assert state_of(question) == "quarantined"
    assert "AF01" in ours_held()

    the_law_changes(number=3)
    assert not held_called(question.code, now=NOON).rewrite_only
    assert state_of(question) == "quarantined"
    for code in (question.code, "AF01"):
        clear_question(actor=officer, code=code, article_version=3, reasons="结论不变", now=NOON)
    assert state_of(question) == "approved"
    assert "AF01" not in ours_held()
    submit_question(actor=marketer, question_id=question.id, now=NOON)
