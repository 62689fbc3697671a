"""A blocking false alarm has a way out: asked for by the author, judged by two others. F50, W3."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from django.db import Error, transaction
from django.urls import reverse

from campaigns.checking import check
from campaigns.models import Campaign
from campaigns.usecases import dispute_in_draft, save_draft, submit_for_review
from campaigns.usecases.submitting import NotSubmittable
from compliance.models import Dispute, Review
from compliance.queries import finding_key, latest_review
from compliance.risk import JOINT
from compliance.usecases import decide_review, dismiss_finding, second_dismissal
from compliance.usecases.disputes import AlreadyDisputed, NotDisputable
from compliance.usecases.reviews import FindingsStand
from kernel.actor import Actor
from kernel.errors import Denied, NotFound
from tests.campaigns.conftest import ready_quiz
from tests.cast import NOON, make_staff
from tests.desk import signed_in

BOAST = "国家级反诈中心教您防骗"


def blocks(campaign: Campaign) -> list[dict[str, Any]]:
    checked = check(campaign.draft, sector="bank", now=NOON)
    return [asdict(one) for one in checked.findings if one.severity == "block"]


@pytest.fixture
def blocked(marketer: Actor, consult: Any) -> Campaign:
    campaign = ready_quiz(marketer, promise=BOAST)
    assert {one["path"] for one in blocks(campaign)} == {"promise"}
    return campaign


def dispute_all(campaign: Campaign, marketer: Actor) -> None:
    for key in {finding_key(one) for one in blocks(campaign)}:
        dispute_in_draft(actor=marketer, campaign_id=campaign.id, key=key, reason="机构名称", now=NOON)


def submitted(campaign: Campaign, marketer: Actor) -> Review:
    submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None
    return review


def test_a_disputed_block_is_submitted_judged_by_two_and_approved(
    blocked: Campaign, marketer: Actor, officer: Actor, legal: Actor
) -> None:
    with pytest.raises(NotSubmittable):
        submit_for_review(actor=marketer, campaign_id=blocked.id, now=NOON)
    dispute_all(blocked, marketer)

    review = submitted(blocked, marketer)
    assert tuple(review.stages) == JOINT
    page = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()
    assert "作者认为是误报的拦截提示" in page
    assert "机构名称" in page
    with pytest.raises(FindingsStand):
        decide_review(actor=legal, review_id=review.id, verdict="approve", now=NOON)

    for key in {finding_key(one) for one in review.findings if one["severity"] == "block"}:
        aside = dismiss_finding(actor=officer, review_id=review.id, key=key, reason="确为名称", now=NOON)
        second_dismissal(actor=legal, review_id=review.id, dismissal_id=aside.id, now=NOON)
    for role in ("creative", "legal", "operations", "compliance", "consumer_protection"):
        known = {"legal": legal, "compliance": officer}
        actor = known.get(role) or make_staff(f"p.{role.replace('_', '.')}", role).actor
        decide_review(actor=actor, review_id=review.id, verdict="approve", now=NOON)

    assert Review.of(review.id).status == "approved"


def test_an_edit_of_the_words_voids_it(blocked: Campaign, marketer: Actor) -> None:
    dispute_all(blocked, marketer)
    campaign = Campaign.of(blocked.id)
    save_draft(
        actor=marketer,
        campaign_id=campaign.id,
        revision=campaign.revision,
        draft={**campaign.draft, "promise": f"{BOAST}!"},
        now=NOON,
    )

    with pytest.raises(NotSubmittable):
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)


def test_facts_are_not_disputed_nor_by_anybody_nor_twice(
    marketer: Actor, officer: Actor, consult: Any, blocked: Campaign
) -> None:
    wrong = ready_quiz(marketer, promise="存款保险最高偿付限额为80万元")
    (figure,) = (one for one in blocks(wrong) if one["rule"].startswith("NU-"))
    asked = {"campaign_id": wrong.id, "key": finding_key(figure), "reason": "x", "now": NOON}
    with pytest.raises(NotDisputable):
        dispute_in_draft(actor=marketer, **asked)
    with pytest.raises(NotFound):
        dispute_in_draft(actor=marketer, **{**asked, "key": "nothing"})
    with pytest.raises(Denied):
        dispute_in_draft(actor=officer, **asked)

    dispute_all(blocked, marketer)
    with pytest.raises(AlreadyDisputed):
        dispute_all(blocked, marketer)
    with pytest.raises(Error), transaction.atomic():
        Dispute.objects.update(reason="别的")


def test_the_marketer_asks_from_the_page(blocked: Campaign, marketer: Actor, outsider: Actor) -> None:
    browser, address = signed_in(marketer), reverse("campaigns:disputes", args=[blocked.id])
    key = finding_key(blocks(blocked)[0])
    assert "为什么是误报" in browser.get(address).content.decode()

    browser.post(reverse("campaigns:dispute", args=[blocked.id, key]), {"reason": "这是机构名称"})

    assert "这是机构名称" in browser.get(address).content.decode()
    assert signed_in(outsider).get(address).status_code == 404
