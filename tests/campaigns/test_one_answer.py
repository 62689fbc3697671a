"""Whether something is approved has one answer: gate, phones, certificate, marketer, desk and database agree.

Issue 8, 30. Each state is brought about as it happens; no sweep has run unless the state is one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import compliance.views_library
from campaigns.live import LiveCampaign, forget_live, live_campaign
from campaigns.models import Campaign
from campaigns.offline import is_approved, unapproved_campaigns
from campaigns.queries import standing_of
from campaigns.question_library import questions_matching
from campaigns.question_models import QuestionVersion, State
from campaigns.usecases import submit_for_review
from campaigns.views import ending_of_draft
from compliance.endings import ENDINGS
from compliance.gate import Answer, answer_on, answered, approval_of
from compliance.models import Recheck, Review
from compliance.queries import history_of, latest_review
from compliance.templatetags.review import answer
from compliance.usecases import decide_review, lapse_reviews, revoke_overdue
from kernel.actor import SYSTEM, Actor
from kernel.scope import scope
from tests.campaigns.conftest import bank_with_live_quiz, ready_quiz
from tests.campaigns.test_offline import (
    LATER,
    expire,
    review_of,
    withdraw_article,
    withdraw_disclaimer,
    withdraw_notice,
    withdraw_pack,
)
from tests.campaigns.test_question_library import approved_question
from tests.cast import NOON, make_staff
from tests.desk import signed_in

pytestmark = pytest.mark.slow


def nothing(live: LiveCampaign, officer: Actor) -> datetime:
    return LATER


def recheck_to_come(live: LiveCampaign, officer: Actor) -> datetime:
    asked_anew(live, due_at=LATER + timedelta(days=1))
    return LATER


def recheck_overdue(live: LiveCampaign, officer: Actor) -> datetime:
    asked_anew(live, due_at=NOON)
    return LATER


def revoked_by_the_sweep(live: LiveCampaign, officer: Actor) -> datetime:
    moment = recheck_overdue(live, officer)
    assert revoke_overdue(actor=SYSTEM, now=moment) == 1
    return moment


def lapsed_by_the_sweep(live: LiveCampaign, officer: Actor) -> datetime:
    moment = expire(live, officer)
    assert lapse_reviews(actor=SYSTEM, now=moment) >= 1
    return moment


def asked_anew(live: LiveCampaign, *, due_at: datetime) -> None:
    review = review_of(live)
    cited = review.citations.order_by("id")[0]
    Recheck.objects.create(
        review=review, article_id=cited.article_id, version=cited.version, due_at=due_at, raised_at=NOON
    )


BringAbout = Callable[[LiveCampaign, Actor], datetime]
STATES: dict[str, tuple[BringAbout, bool, str]] = {
    "in force": (nothing, True, ""),
    "recheck to come": (recheck_to_come, True, ""),
    "recheck overdue": (recheck_overdue, False, "article_withdrawn"),
    "revoked for its recheck": (revoked_by_the_sweep, False, "article_withdrawn"),
    "repealed article": (withdraw_article, False, "article_withdrawn"),
    "run out": (expire, False, "approval_expired"),
    "lapsed": (lapsed_by_the_sweep, False, "approval_expired"),
    "withdrawn pack": (withdraw_pack, False, "pack_withdrawn"),
    "withdrawn notice": (withdraw_notice, False, "notice_withdrawn"),
    "withdrawn sentence": (withdraw_disclaimer, False, "notice_withdrawn"),
}


@pytest.mark.parametrize("state", STATES)
def test_every_place_gives_the_same_answer(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    bring_about, approved, code = STATES[state]
    bank_id, live = bank_with_live_quiz()
    with scope(bank_id):
        officer = make_staff("zhou.heng", "compliance", display_name="周衡").actor
        moment = bring_about(live, officer)

        told = answers(bank_id, live, moment, monkeypatch)
        standing = standing_of(campaign_of(live), now=moment)
        words = ending_of_draft(campaign_of(live), standing, now=moment)

    assert told == dict.fromkeys(told, approved)
    assert standing.step == ("live" if approved else "ended")
    assert words == (str(ENDINGS[code]) if code else "")


def answers(
    bank_id: UUID, live: LiveCampaign, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> dict[str, bool]:
    """What each place says at this moment."""
    campaign, review = campaign_of(live), review_of(live)
    forget_live()
    monkeypatch.setattr(compliance.views_library, "timezone", SimpleNamespace(now=lambda: moment))
    assert review.certificate is not None
    number = reverse("compliance:certificate", args=["bank", review.certificate])
    page = Client(headers={"accept-language": "zh-hans"}).get(number).content.decode()
    one: Any = answered(Review.objects.filter(id=review.id)).get()
    return {
        "gate": approval_of(subject=campaign.ref, fingerprint=live.fingerprint, now=moment) is not None,
        "answer": answer_on(one, moment) is Answer.IN_FORCE,
        "phones": live_campaign(live.code).phase(moment) != "paused",
        "certificate": "编号有效" in page,
        "certificate not ended": "编号已失效" not in page,
        "marketer": standing_of(campaign, now=moment).step == "live",
        "back office": is_approved(campaign, moment),
        "sweep": live.id not in unapproved_campaigns(moment),
        "history of reviews": answer(history_of(campaign.ref)[0], moment) == "in_force",
        "renewal day": standing_of(campaign, now=moment).expires_at is not None
        and (standing_of(campaign, now=moment).expires_at or moment) > moment,
    }


def campaign_of(live: LiveCampaign) -> Campaign:
    found: Campaign = Campaign.objects.select_related("live_version").get(id=live.id)
    return found


def test_the_gate_of_the_database_lets_nothing_through_that_is_overdue(committed_db: str) -> None:
    """It asked for the recheck's day only whether there was one."""
    bank_id, live = bank_with_live_quiz()
    with scope(bank_id):
        assert let_through(bank_id, live)
        asked_anew(live, due_at=timezone.now() - timedelta(minutes=1))

        assert not let_through(bank_id, live)


def let_through(bank_id: UUID, live: LiveCampaign) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT compliance_is_approved(%s, 'campaign', %s, %s)", [bank_id, live.id, live.fingerprint]
        )
        return bool(cursor.fetchone()[0])


def test_what_waits_for_a_condition_is_approved_nowhere_and_ended_nowhere(
    marketer: Actor, officer: Actor, consult: Any
) -> None:
    campaign = ready_quiz(marketer)
    submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None
    decided = decide_review(
        actor=officer, review_id=review.id, verdict="approve", conditions={"filed": None}, now=NOON
    )

    one: Any = answered(Review.objects.filter(id=decided.id)).get()
    number = reverse("compliance:certificate", args=["bank", decided.certificate])
    page = Client(headers={"accept-language": "zh-hans"}).get(number).content.decode()
    desk = signed_in(officer).get(reverse("compliance:review", args=[decided.id])).content.decode()

    assert answer_on(one, NOON) is Answer.WAITING
    assert approval_of(subject=campaign.ref, fingerprint=decided.fingerprint, now=NOON) is None
    assert "编号尚未生效" in page
    assert standing_of(Campaign.of(campaign.id), now=NOON).step == "approved"
    assert "附条件通过" in desk


def test_no_question_is_usable_that_the_gate_refuses(committed_db: str) -> None:
    """The library tells of the law by quarantine; never is it more generous than the gate."""
    bank_id, _live = bank_with_live_quiz()
    with scope(bank_id):
        author = make_staff("ti.ku", "marketer").actor
        officer = make_staff("zhou.heng", "compliance").actor
        question = approved_question(author, officer)
        version = QuestionVersion.objects.filter(question=question).get()
        moments = [NOON, NOON + timedelta(days=90), NOON + timedelta(days=181), NOON + timedelta(days=400)]

        usable = [bool(questions_matching(state=State.APPROVED, now=at).count()) for at in moments]
        gate = [
            approval_of(subject=question.ref, fingerprint=version.fingerprint, now=at) is not None
            for at in moments
        ]

    assert usable == gate
    assert set(gate) == {True, False}
