"""A bank with a service to grant, a quiz that is out, and someone who plays it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from campaigns.live import LiveCampaign, forget_live, live_campaign
from campaigns.models import Campaign
from campaigns.usecases import create_campaign_from_preset, publish_campaign, save_draft, submit_for_review
from compliance.models import Review
from compliance.queries import latest_review, missing_roles
from compliance.usecases import decide_review
from kernel.actor import SYSTEM, Actor
from kernel.scope import scope
from privacy.usecases import enrol_participant, publish_notice
from rewards.models import Benefit
from rewards.usecases import add_benefit
from tenancy.models import Staff
from tenancy.scope import forget_institutions
from tests.cast import NOON, make_institution, make_staff


@pytest.fixture(autouse=True)
def _no_pointer_left() -> Iterator[None]:
    forget_live()
    yield
    forget_live()


def bank_with_live_quiz() -> tuple[UUID, LiveCampaign]:
    """For tests with a database of their own: everything committed."""
    forget_institutions()
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        add_consult()
        marketer = make_staff("lin.yue", "marketer").actor
        return bank.id, put_out(ready_quiz(marketer), marketer)


@pytest.fixture
def consult(at_bank: UUID) -> Benefit:
    """The free service a pass stands for, and the notice before any form."""
    return add_consult()


def add_consult() -> Benefit:
    operations = make_staff("yun.ying", "operations").actor
    publish_notice(
        actor=make_staff("xiao.bao", "consumer_protection").actor,
        key="service_booking",
        title="个人信息处理告知",
        body="信息仅用于服务预约，将加密存储。",
        purposes=[{"code": "booking", "sentence": "用于预约服务"}],
        fields=["name", "phone", "need", "branch", "time"],
        keep_days=90,
        now=NOON,
    )
    return add_benefit(
        actor=operations,
        service="wealth_consult",
        title="银行理财经理1对1咨询",
        summary="由持证人员解答您的问题，不推介产品。",
        delivered_by="wealth_manager",
        now=NOON,
    )


@pytest.fixture
def draft_quiz(marketer: Actor, consult: Benefit) -> Campaign:
    """The anti-fraud quiz as a marketer leaves it, ready to be submitted."""
    return ready_quiz(marketer)


def ready_quiz(marketer: Actor, **changes: Any) -> Campaign:
    campaign = create_campaign_from_preset(actor=marketer, preset="anti_fraud_quiz", now=NOON)
    channels = [{"kind": "official_account", "name": "公众号菜单"}]
    draft = {**campaign.draft, "channels": channels, **changes}
    return save_draft(
        actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=draft, now=NOON
    )


def put_out(campaign: Campaign, marketer: Actor) -> LiveCampaign:
    """Submitted, approved by someone else, published."""
    approve(campaign, marketer)
    publish_campaign(actor=marketer, campaign_id=campaign.id, now=NOON)
    return live_campaign(campaign.code)


def approve(campaign: Campaign, marketer: Actor) -> Review:
    submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None
    for number, stage in enumerate(review.stages):
        for role in stage:
            if (review.stage, review.status) != (number, "open") or role not in missing_roles(review):
                continue  # an earlier opinion stands
            review = decide_review(
                actor=someone(role, other_than=marketer), review_id=review.id, verdict="approve", now=NOON
            )
    return review


def someone(role: str, other_than: Actor) -> Actor:
    """Whoever holds the role and did not write it, or a newcomer."""
    known = Staff.objects.filter(roles__contains=[role]).exclude(id=other_than.id).first()
    return known.actor if known else make_staff(f"xin.{role}", role).actor


@pytest.fixture
def live_quiz(draft_quiz: Campaign, marketer: Actor) -> LiveCampaign:
    return put_out(draft_quiz, marketer)


@pytest.fixture
def player(at_bank: UUID) -> Actor:
    return new_player()


def new_player() -> Actor:
    return Actor(kind="participant", id=enrol_participant(actor=SYSTEM, now=NOON).id)


@pytest.fixture
def right_answer() -> Callable[[LiveCampaign, dict[str, Any]], str]:
    return the_right_answer


def the_right_answer(live: LiveCampaign, view: dict[str, Any]) -> str:
    """What a customer who knows would choose for the question on the screen."""
    answer: str = live.content.settings.question(view["question"]["id"]).answer
    return answer
