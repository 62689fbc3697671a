"""S8, W3. The riskier a campaign, the more people must agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns.content import ChannelPlan, Content, read_content
from campaigns.gallery import presets
from campaigns.models import Campaign
from campaigns.risk import risk_of
from campaigns.usecases import submit_for_review
from compliance.queries import latest_review
from kernel.actor import Actor
from tests.cast import NOON

JOINT = {"creative": 1, "legal": 1, "operations": 1}
OFFICER = {"compliance": 1}
CONSUMERS = {"consumer_protection": 1}


@pytest.fixture
def quiz() -> Content:
    draft = presets()["anti_fraud_quiz"].draft(sector="bank", today=date(2026, 11, 21))
    return read_content(draft)


def test_a_banks_quiz_at_its_branches_asks_one_officer(quiz: Content) -> None:
    assert risk_of(quiz, sector="bank", warnings=0).stages == [OFFICER]


def test_a_brokers_long_public_campaign_with_warnings_asks_everyone(quiz: Content) -> None:
    frame = replace(
        quiz.frame,
        channels=(ChannelPlan("website", "官网"),),
        contact_fields=("name", "phone", "need", "time"),
        ends_on=quiz.frame.starts_on + timedelta(days=120),
    )

    risk = risk_of(replace(quiz, frame=frame), sector="securities", warnings=6)

    assert risk.stages == [JOINT, OFFICER, CONSUMERS]
    assert {reason["reason"] for reason in risk.reasons} == {
        "sector", "public_channel", "asks_much", "runs_long", "warnings",
    }  # fmt: skip


def test_in_between_three_roles_look_side_by_side_first(quiz: Content) -> None:
    frame = replace(
        quiz.frame,
        channels=(ChannelPlan("website", "官网"),),
        ends_on=quiz.frame.starts_on + timedelta(days=120),
    )

    assert risk_of(replace(quiz, frame=frame), sector="securities", warnings=1).stages == [JOINT, OFFICER]


def test_more_warnings_never_mean_less_risk(quiz: Content) -> None:
    scores = [risk_of(quiz, sector="bank", warnings=count).score for count in range(12)]

    assert scores == sorted(scores)


def test_a_submission_carries_its_risk_to_the_reviewers(marketer: Actor, draft_quiz: Campaign) -> None:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    review = latest_review(draft_quiz.ref)

    assert review is not None
    assert (review.risk, review.stages) == (3, [OFFICER])
