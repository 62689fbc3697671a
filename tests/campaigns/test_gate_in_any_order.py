"""F50. Whatever people do, in any order: what is live was approved, word for word, by all it asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.usecases import (
    close_campaign,
    emergency_stop,
    lift_stop,
    pause_campaign,
    pause_unapproved,
    publish_campaign,
    resume_campaign,
    save_draft,
    submit_for_review,
    withdraw_submission,
)
from compliance.models import Carried, Decision, Review
from compliance.queries import latest_review
from compliance.usecases import decide_review
from kernel.actor import SYSTEM, Actor
from kernel.errors import DomainError
from rewards.models import Benefit
from tests.campaigns.conftest import ready_quiz
from tests.cast import NOON, make_staff

TITLES = ["反诈知识闯关", "反诈知识闯关·春", "反诈知识闯关·秋"]
DEEDS = [
    "edit", "submit", "withdraw", "approve", "return", "reject", "publish",
    "pause", "resume", "stop", "lift", "sweep", "wait", "close",
]  # fmt: skip
WHO = ["marketer", "officer", "both", "creative", "legal", "operations", "consumer_protection"]


class Story:
    """One campaign and the people who do things to it; a refusal changes nothing."""

    def __init__(self, campaign: Campaign, people: dict[str, Actor]) -> None:
        self.id, self.people, self.now = campaign.id, people, NOON

    def tell(self, deed: str, who: str, title: str) -> None:
        actor = self.people[who]
        common: dict[str, Any] = {"actor": actor, "campaign_id": self.id, "now": self.now}
        try:
            self._do(deed, actor, common, title)
        except DomainError:
            return

    def _do(self, deed: str, actor: Actor, common: dict[str, Any], title: str) -> None:
        plain = {
            "submit": submit_for_review, "withdraw": withdraw_submission, "publish": publish_campaign,
            "resume": resume_campaign, "lift": lift_stop, "close": close_campaign,
        }  # fmt: skip
        if deed in plain:
            plain[deed](**common)
        elif deed == "edit":
            fresh = Campaign.of(self.id)
            save_draft(**common, revision=fresh.revision, draft={**fresh.draft, "title": title})
        elif deed in ("pause", "stop"):
            halt = pause_campaign if deed == "pause" else emergency_stop
            halt(**common, reason="收到客户投诉")
        elif deed == "sweep":
            pause_unapproved(actor=SYSTEM, now=self.now)
        elif deed == "wait":
            self.now += timedelta(days=100)
        else:
            self._decide(deed, actor)

    def _decide(self, verdict: str, actor: Actor) -> None:
        review = latest_review(Campaign.of(self.id).ref)
        if review is not None:
            decide_review(actor=actor, review_id=review.id, verdict=verdict, reasons="请修改", now=self.now)


def assert_the_gate_held(campaign: Campaign) -> None:
    version = campaign.live_version
    if version is None:
        assert campaign.status in ("draft", "closed")
        return
    given = Review.objects.filter(subject_id=campaign.id, fingerprint=version.fingerprint)
    review = given.filter(certificate__isnull=False).earliest("decided_at")  # later ones renew the same words
    assert review.content == version.content
    made = list(Decision.objects.filter(review=review))
    carried = list(Carried.objects.filter(review=review).holding().select_related("decision"))
    decisions = made + [one.decision for one in carried]
    assert made
    assert {decision.verdict for decision in decisions} == {"approve"}
    assert not {decision.reviewer_id for decision in decisions} & {review.author_id, review.last_editor_id}
    for number, stage in enumerate(review.stages):
        for role, people in stage.items():
            agreed = {
                each.reviewer_id for each in (*made, *carried) if (each.stage, each.role) == (number, role)
            }
            assert len(agreed) >= people


@pytest.fixture
def people(consult: Benefit) -> dict[str, Actor]:
    return {
        "marketer": make_staff("lin.yue", "marketer").actor,
        "officer": make_staff("zhou.heng", "compliance").actor,
        "both": make_staff("quan.neng", "marketer", "compliance").actor,
        **{role: make_staff(f"xin.{role}", role).actor for role in WHO[3:]},
    }


ONE_DEED = st.tuples(st.sampled_from(DEEDS), st.sampled_from(WHO), st.sampled_from(TITLES)).map(
    lambda deed: [deed]
)
REVIEWED = [("submit", "marketer", ""), ("approve", "officer", "")]
OUT = [*REVIEWED, ("publish", "marketer", "")]
STORIES = st.lists(st.one_of(ONE_DEED, st.just(REVIEWED), st.just(OUT)), max_size=12).map(
    lambda phrases: [deed for phrase in phrases for deed in phrase]
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES, author=st.sampled_from(["marketer", "both"]))
def test_nothing_unapproved_is_ever_live(
    people: dict[str, Actor], story: list[tuple[str, str, str]], author: str
) -> None:
    told = Story(ready_quiz(people[author]), people)

    for deed, who, title in story:
        told.tell(deed, who, title)
        assert_the_gate_held(Campaign.of(told.id))


def test_the_straight_way_does_go_live(people: dict[str, Actor]) -> None:
    """So that the test above is not true of nothing."""
    told = Story(ready_quiz(people["marketer"]), people)

    for deed, who in [("submit", "marketer"), ("approve", "officer"), ("publish", "marketer")]:
        told.tell(deed, who, TITLES[0])

    assert Campaign.of(told.id).status == "published"
    assert_the_gate_held(Campaign.of(told.id))
