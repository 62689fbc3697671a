"""F8. Whatever people do with questions and campaigns, in any order: phones get approved questions only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.games.base import Json
from campaigns.live import forget_live
from campaigns.models import Campaign, Play, Question, Version
from campaigns.question_library import known_wordings, worded
from campaigns.usecases import publish_campaign, save_draft, start_play, submit_for_review
from campaigns.usecases.questions import (
    restore_question,
    retire_question,
    save_question,
    submit_question,
    withdraw_question,
    write_question,
)
from compliance.models import Review
from compliance.queries import latest_review
from compliance.usecases import decide_review
from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from rewards.models import Benefit
from tests.campaigns.conftest import new_player, ready_quiz
from tests.campaigns.test_question_library import a_question
from tests.cast import NOON

TEXTS = ["陌生来电要您共享屏幕，您应当？", "对方索要短信验证码，您应当？"]
DEEDS = [
    "write", "edit", "submit", "withdraw", "approve", "send_back", "retire", "restore",
    "cite", "campaign_submit", "campaign_approve", "publish", "wait",
]  # fmt: skip


class Story:
    """Two questions, one campaign, one marketer and one officer; a refusal changes nothing."""

    def __init__(self, marketer: Actor, officer: Actor) -> None:
        self.marketer, self.officer, self.now = marketer, officer, NOON
        self.questions = [write_question(actor=marketer, written=_worded(at), now=NOON) for at in (0, 1)]
        self.campaign = ready_quiz(marketer)

    def tell(self, deed: str, at: int) -> None:
        try:
            getattr(self, deed)(self.questions[at].id, at)
        except DomainError:
            return

    def write(self, _pk: Any, at: int) -> None:
        write_question(actor=self.marketer, written=_worded(at), now=self.now)

    def edit(self, pk: Any, at: int) -> None:
        fresh = Question.of(pk)
        changed = a_question(text=f"{TEXTS[at]}（第{fresh.revision}次修改）")
        save_question(
            actor=self.marketer, question_id=pk, revision=fresh.revision, written=changed, now=self.now
        )

    def submit(self, pk: Any, _at: int) -> None:
        submit_question(actor=self.marketer, question_id=pk, now=self.now)

    def withdraw(self, pk: Any, _at: int) -> None:
        withdraw_question(actor=self.marketer, question_id=pk, now=self.now)

    def retire(self, pk: Any, _at: int) -> None:
        retire_question(actor=self.marketer, question_id=pk, now=self.now)

    def restore(self, pk: Any, _at: int) -> None:
        restore_question(actor=self.marketer, question_id=pk, now=self.now)

    def approve(self, pk: Any, _at: int) -> None:
        self._decide(Ref("question", pk), "approve")

    def send_back(self, pk: Any, _at: int) -> None:
        self._decide(Ref("question", pk), "return")

    def cite(self, pk: Any, _at: int) -> None:
        """Someone puts the question as it reads now into the campaign, approved or not."""
        question, fresh = Question.of(pk), Campaign.of(self.campaign.id)
        kept = {
            name: question.draft[name] for name in ("text", "options", "answer", "explanation", "article")
        }
        first = {**kept, "id": question.code, "topic": question.topic}
        written = fresh.draft["settings"]
        changed = {**written, "questions": [first, *written["questions"][1:]]}
        save_draft(
            actor=self.marketer, campaign_id=fresh.id, revision=fresh.revision,
            draft={**fresh.draft, "settings": changed}, now=self.now,
        )  # fmt: skip

    def campaign_submit(self, _pk: Any, _at: int) -> None:
        version = submit_for_review(actor=self.marketer, campaign_id=self.campaign.id, now=self.now)
        usable = known_wordings(_wordings(version), now=self.now)
        assert {known.verdict for known in usable.values()} == {"ok"}, (
            "submitted with one that may not be used"
        )

    def campaign_approve(self, _pk: Any, _at: int) -> None:
        self._decide(self.campaign.ref, "approve")

    def publish(self, _pk: Any, _at: int) -> None:
        publish_campaign(actor=self.marketer, campaign_id=self.campaign.id, now=self.now)

    def wait(self, _pk: Any, _at: int) -> None:
        self.now += timedelta(days=3)

    def _decide(self, subject: Ref, verdict: str) -> None:
        review = latest_review(subject)
        if review is not None:
            decide_review(
                actor=self.officer, review_id=review.id, verdict=verdict, reasons="已核对", now=self.now
            )


def _worded(at: int) -> Any:
    return a_question(text=TEXTS[at])


def _wordings(version: Version) -> list[str]:
    return [worded(question) for question in version.content["settings"]["questions"]]


def assert_only_approved_questions_reach_a_phone(told: Story) -> None:
    campaign = Campaign.of(told.campaign.id)
    if campaign.live_version is None:
        return
    shown = _shown(campaign, told)
    if shown is None:
        return
    given = Review.objects.get(
        subject_id=campaign.id, fingerprint=campaign.live_version.fingerprint, certificate__isnull=False
    )
    approved = {question["id"]: question for question in given.content["settings"]["questions"]}
    assert shown["text"] == approved[shown["id"]]["text"]
    assert "answer" not in shown
    drawn = Play.objects.filter(campaign=campaign).latest("opened_at", "id").state["order"]
    assert set(drawn) <= approved.keys()


def _shown(campaign: Campaign, told: Story) -> Json | None:
    forget_live()
    try:
        playing = start_play(actor=new_player(), code=campaign.code, now=told.now)
    except DomainError:
        return None
    question: Json = playing.view["question"]
    return question


ONE = st.tuples(st.sampled_from(DEEDS), st.integers(0, 1)).map(lambda deed: [deed])
READY = st.integers(0, 1).map(lambda at: [("submit", at), ("approve", at), ("cite", at)])
OUT = st.just([("campaign_submit", 0), ("campaign_approve", 0), ("publish", 0)])


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.one_of(ONE, ONE, READY, OUT), max_size=9))
def test_phones_get_nothing_that_was_not_approved(
    marketer: Actor, officer: Actor, consult: Benefit, story: list[list[tuple[str, int]]]
) -> None:
    told = Story(marketer, officer)

    for deed, at in [deed for phrase in story for deed in phrase]:
        told.tell(deed, at)
        assert_only_approved_questions_reach_a_phone(told)


def test_the_straight_way_does_reach_a_phone(marketer: Actor, officer: Actor, consult: Benefit) -> None:
    """So that the test above is not true of nothing."""
    told = Story(marketer, officer)
    straight = ["submit", "approve", "cite", "campaign_submit", "campaign_approve", "publish"]

    for deed in straight:
        told.tell(deed, 0)

    assert _shown(Campaign.of(told.campaign.id), told) is not None
    assert_only_approved_questions_reach_a_phone(told)
