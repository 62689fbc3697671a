"""Approved on a condition: nothing goes out before the machine finds it met. F50, S8."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.review_face import CampaignFace
from campaigns.usecases import pause_unapproved, publish_campaign, resume_campaign, submit_for_review
from compliance.gate import NotApproved, approval_of
from compliance.models import Condition, Review, RulePack
from compliance.queries import latest_review
from compliance.usecases import decide_review, meet_conditions, record_filing
from compliance.usecases.conditions import AlreadyFiled
from compliance.usecases.findings import SecondPersonNeeded
from kernel.actor import SYSTEM, Actor
from kernel.errors import BadRequest
from rewards.models import Benefit
from tenancy.models import Branch, StaffNotice
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in

Meet = Callable[[], object]


@pytest.fixture
def submitted(draft_quiz: Campaign, marketer: Actor) -> Review:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    review = latest_review(draft_quiz.ref)
    assert review is not None
    return review


@pytest.fixture
def strict_pack(officer: Actor) -> RulePack:
    """A house rule, put in force after the submission, that the quiz's promise breaks."""
    return RulePack.objects.create(
        number=1,
        status="active",
        terms=[
            {
                "term": "达标可预约",
                "category": "factual_error",
                "sector": "all",
                "severity": "block",
                "article": "AD-9-3",
            }
        ],
        hash="h" * 64,
        author_id=officer.id,
        contributors=[officer.id],
        activated_by_id=make_staff("second", "compliance").id,
        created_at=NOON,
        activated_at=NOON,
    )


def approve_on(review: Review, by: Actor, *kinds: str) -> Review:
    days = {"not_before": (NOON + ONE_DAY).date()}
    return decide_review(
        actor=by,
        review_id=review.id,
        verdict="approve",
        conditions={kind: days.get(kind) for kind in kinds},
        now=NOON,
    )


def a_day_passes() -> None:
    """Nothing to do but to wait."""


def a_branch_opens() -> None:
    Branch.objects.create(name="总行营业部", city="北京", address="金融街1号")


def the_rule_is_taken_back() -> None:
    RulePack.objects.update(status="retired")


def the_number_is_recorded() -> None:
    condition = Condition.objects.get()
    recorder = make_staff("deng.ji", "legal").actor
    record_filing(actor=recorder, condition_id=condition.id, number="京备2026-0031", now=NOON)


def point_at(campaign: Campaign) -> None:
    """The version goes live by plain SQL."""
    days = {"starts_on": campaign.draft["starts_on"], "ends_on": campaign.draft["ends_on"]}
    Campaign.objects.filter(id=campaign.id).update(live_version=campaign.versions.get(), **days)


@pytest.mark.parametrize(
    ("kind", "meet"),
    [
        ("not_before", a_day_passes),
        ("service_on_offer", a_branch_opens),
        ("clean_scan", the_rule_is_taken_back),
        ("filed", the_number_is_recorded),
    ],
)
def test_publishing_is_refused_until_the_condition_is_met_and_allowed_after(
    submitted: Review, strict_pack: RulePack, marketer: Actor, officer: Actor, kind: str, meet: Meet
) -> None:
    publish = {"actor": marketer, "campaign_id": submitted.subject_id}
    assert approve_on(submitted, officer, kind).status == "approved"
    with pytest.raises(NotApproved):
        publish_campaign(**publish, now=NOON)
    with pytest.raises(IntegrityError, match="nobody approved"), transaction.atomic():
        point_at(Campaign.of(submitted.subject_id))

    meet()
    meet_conditions(actor=SYSTEM, now=NOON + ONE_DAY)
    publish_campaign(**publish, now=NOON + ONE_DAY)

    assert Campaign.of(submitted.subject_id).status == "published"
    assert StaffNotice.objects.filter(kind="review.condition", recipient_id=marketer.id).count() == 1


def test_a_service_that_is_gone_takes_the_approval_with_it(
    submitted: Review, officer: Actor, consult: Benefit
) -> None:
    a_branch_opens()
    approve_on(submitted, officer, "service_on_offer")
    name = {"subject": submitted.subject, "fingerprint": submitted.fingerprint}
    assert approval_of(**name, now=NOON)

    Benefit.objects.filter(id=consult.id).update(is_active=False)
    meet_conditions(actor=SYSTEM, now=NOON)

    assert approval_of(**name, now=NOON) is None


def test_words_are_judged_once_by_each_pack(
    submitted: Review, strict_pack: RulePack, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep every minute scans nothing that the pack in force has judged already, met or not."""
    scans: list[Review] = []
    judged = CampaignFace.blocking

    def counting(face: CampaignFace, content: Any, sector: str) -> int:
        scans.append(content)
        return judged(face, content, sector)

    approve_on(submitted, officer, "clean_scan")
    monkeypatch.setattr(CampaignFace, "blocking", counting)

    for minute in range(3):
        meet_conditions(actor=SYSTEM, now=NOON + timedelta(minutes=minute))
    assert len(scans) == 0
    the_rule_is_taken_back()
    for minute in range(3):
        meet_conditions(actor=SYSTEM, now=NOON + timedelta(minutes=minute))
    assert len(scans) == 1


def test_what_happens_again_is_told_again(submitted: Review, officer: Actor, marketer: Actor) -> None:
    """The same condition lost and met, the same campaign taken off: each time its writers hear of it."""
    a_branch_opens()
    approve_on(submitted, officer, "service_on_offer")
    publish_campaign(actor=marketer, campaign_id=submitted.subject_id, now=NOON)

    for hour, there in enumerate((False, True, False, True)):
        now = NOON + timedelta(hours=hour)
        Branch.objects.update(is_active=there)
        meet_conditions(actor=SYSTEM, now=now)
        if there:
            resume_campaign(actor=marketer, campaign_id=submitted.subject_id, now=now)
        else:
            pause_unapproved(actor=SYSTEM, now=now)

    told = StaffNotice.objects.filter(recipient_id=marketer.id).values_list("kind", flat=True)
    assert Counter(told) == {"campaign.rested": 2, "review.condition": 2, "review.approve": 1}


def test_a_number_is_recorded_once_and_by_a_second_person(
    submitted: Review, officer: Actor, legal: Actor
) -> None:
    approve_on(submitted, officer, "filed")
    condition = Condition.objects.get()

    with pytest.raises(SecondPersonNeeded):
        record_filing(actor=officer, condition_id=condition.id, number="京备2026-0031", now=NOON)
    with pytest.raises(BadRequest):
        record_filing(actor=legal, condition_id=condition.id, number=" x ", now=NOON)
    record_filing(actor=legal, condition_id=condition.id, number="京备2026-0031", now=NOON)
    with pytest.raises(AlreadyFiled):
        record_filing(actor=legal, condition_id=condition.id, number="京备2026-0032", now=NOON)


@pytest.mark.parametrize(
    "forged",
    [
        "met_at = now()",
        "met_at = now(), number = '京备', recorded_at = now(), recorded_by_id = asked.reviewer_id",
    ],
)
def test_plain_sql_files_nothing(submitted: Review, officer: Actor, forged: str) -> None:
    approve_on(submitted, officer, "filed")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE compliance_condition SET {forged} FROM compliance_decision AS asked")


def test_the_desk_asks_for_conditions_and_every_page_tells_their_state(
    submitted: Review, officer: Actor, legal: Actor, marketer: Actor
) -> None:
    desk = reverse("compliance:review", args=[submitted.id])
    browser = signed_in(officer)
    assert "service_on_offer" in browser.get(desk).content.decode()

    browser.post(
        reverse("compliance:decide", args=[submitted.id]),
        {"verdict": "approve", "condition": ["filed", "service_on_offer"]},
    )

    review = Review.of(submitted.id)
    number = reverse("compliance:certificate", args=["bank", review.certificate])
    campaign = reverse("campaigns:campaign", args=[submitted.subject_id])
    assert "编号尚未生效" in browser.get(number).content.decode()
    assert "附条件通过" in signed_in(marketer).get(campaign).content.decode()
    assert "data-once" in signed_in(legal).get(desk).content.decode()
    filed = Condition.objects.get(kind="filed")
    signed_in(legal).post(
        reverse("compliance:filing", args=[review.id, filed.id]), {"number": "京备2026-0031"}
    )
    assert "京备2026-0031" in browser.get(desk).content.decode()
    assert "京备2026-0031" in browser.get(number).content.decode()
