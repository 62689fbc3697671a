"""The author sees what is remarked and where, who must still agree and until when, and no key for a name.

Issue 8, 18.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from campaigns.change_words import worded
from campaigns.content import read_content
from campaigns.gallery import presets
from campaigns.models import Campaign
from campaigns.player.wording import day
from campaigns.queries import standing_of
from campaigns.remarks import open_remarks
from campaigns.review_face import CampaignFace
from campaigns.usecases import save_draft, submit_for_review
from compliance.models import Review
from compliance.queries import demands_on, latest_review
from compliance.usecases import answer_comment, decide_review, open_review, resolve_comment, write_comment
from kernel.actor import Actor
from kernel.fingerprint import fingerprint
from rewards.models import Benefit
from rewards.usecases import add_benefit
from tenancy.templatetags.desk import cn_datetime
from tests.campaigns.conftest import ready_quiz, someone
from tests.cast import NOON
from tests.desk import signed_in

FIELD = "settings.questions.1.explanation"


@pytest.fixture
def submitted(draft_quiz: Campaign, marketer: Actor) -> Review:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    review = latest_review(draft_quiz.ref)
    assert review is not None
    return review


def remark(review: Review, officer: Actor, path: str, text: str) -> Any:
    return write_comment(
        actor=officer, subject=review.subject, review_id=review.id, path=path, text=text, now=NOON
    )


def page_of(campaign: Campaign, marketer: Actor, name: str = "campaigns:campaign") -> str:
    return str(signed_in(marketer).get(reverse(name, args=[campaign.id])).content.decode())


def told_to_the_builder(campaign: Campaign, marketer: Actor) -> list[dict[str, Any]]:
    page = page_of(campaign, marketer, "campaigns:build")
    found = re.search(r'id="remarks-json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    told: list[dict[str, Any]] = json.loads(found[1])
    return told


def test_a_remark_keeps_its_field_on_the_campaigns_page(
    draft_quiz: Campaign, submitted: Review, marketer: Actor, officer: Actor
) -> None:
    remark(submitted, officer, FIELD, "请补充依据")

    page = page_of(draft_quiz, marketer)

    assert re.search(r'<span class="badge">第2题[^<]*知识讲解</span>', page)
    assert "请补充依据" in page


def test_the_builder_shows_remarks_with_their_answers_until_they_are_settled(
    draft_quiz: Campaign, submitted: Review, marketer: Actor, officer: Actor
) -> None:
    first = remark(submitted, officer, FIELD, "请补充依据")
    remark(submitted, officer, "", "整体不错")
    answer_comment(actor=marketer, comment_id=first.id, text="已补充", now=NOON)

    at_field, whole = told_to_the_builder(draft_quiz, marketer)

    question = draft_quiz.draft["settings"]["questions"][1]["id"]
    assert (at_field["path"], at_field["thing"], at_field["text"]) == (FIELD, question, "请补充依据")
    assert at_field["why"].endswith("知识讲解：请补充依据")
    assert "已补充" in at_field["advice"]
    assert (whole["path"], whole["why"]) == ("", "整体不错")
    resolve_comment(actor=officer, comment_id=first.id, now=NOON)
    assert [one["text"] for one in told_to_the_builder(draft_quiz, marketer)] == ["整体不错"]


def test_a_remark_goes_along_with_its_question(
    draft_quiz: Campaign, submitted: Review, marketer: Actor, officer: Actor
) -> None:
    remark(submitted, officer, FIELD, "请补充依据")
    questions = draft_quiz.draft["settings"]["questions"]
    settings = {**draft_quiz.draft["settings"], "questions": questions[::-1]}
    save_draft(
        actor=marketer,
        campaign_id=draft_quiz.id,
        revision=draft_quiz.revision,
        draft={**draft_quiz.draft, "settings": settings},
        now=NOON,
    )

    (one,) = open_remarks(draft_quiz.ref)

    assert one.thing == questions[1]["id"]


def test_the_author_sees_who_must_still_agree_and_until_when(
    marketer: Actor, officer: Actor, legal: Actor, consult: Benefit
) -> None:
    """A joint review: several posts first, then compliance and consumer protection."""
    campaign = ready_quiz(marketer)
    content = read_content(campaign.draft).as_json()
    review = open_review(
        actor=marketer,
        subject=campaign.ref,
        title=campaign.title,
        fingerprint=fingerprint(content),
        content=content,
        author_id=marketer.id,
        last_editor_id=marketer.id,
        stages=[{"legal": 1, "creative": 1}, {"compliance": 1}],
        now=NOON,
    )
    before = page_of(campaign, marketer)

    decide_review(actor=legal, review_id=review.id, verdict="approve", role="legal", now=NOON)

    after = page_of(campaign, marketer)
    assert "还要谁同意" in before
    assert sorted((one.role, one.lacking, one.current) for one in demands_on(review.id)) == [
        ("compliance", 1, False), ("creative", 1, True), ("legal", 0, True),
    ]  # fmt: skip
    assert (before.count("等待 1 人"), after.count("等待 1 人"), after.count("前一步完成后")) == (2, 1, 1)
    assert cn_datetime(review.due_at) in after
    assert standing_of(campaign, now=NOON).due_at == review.due_at


def test_once_decided_nobody_is_waited_for(
    draft_quiz: Campaign, submitted: Review, marketer: Actor, officer: Actor
) -> None:
    decide_review(actor=officer, review_id=submitted.id, verdict="return", reasons="请改", now=NOON)

    assert demands_on(submitted.id) == []
    assert "还要谁同意" not in page_of(draft_quiz, marketer)


def test_no_key_stands_for_a_name_in_what_is_reviewed(
    draft_quiz: Campaign, submitted: Review, officer: Actor
) -> None:
    page = signed_in(officer).get(reverse("compliance:review", args=[submitted.id])).content.decode()

    parts = re.findall(r'<p class="part__text">(.*?)</p>', page, re.DOTALL)
    assert any("个人信息处理告知（第1版）" in part for part in parts)
    assert not [part for part in parts if re.search(r"\b[a-z]+_[a-z_]+\b", part)]


def test_no_key_stands_for_a_name_in_what_changed(draft_quiz: Campaign, marketer: Actor) -> None:
    operations = someone("operations", other_than=marketer)
    other = add_benefit(
        actor=operations,
        service="wealth_consult",
        title="老年客户理财咨询",
        summary="由持证人员解答。",
        delivered_by="wealth_manager",
        now=NOON,
    )
    before = {**draft_quiz.draft}
    (key, award), *_rest = before["awards"].items()
    after = {
        **before,
        "awards": {**before["awards"], key: {**award, "benefit": str(other.id)}},
        "contact_fields": ["name", "phone"],
        "channels": [{"kind": "website", "name": "官网"}],
        "disclaimers": [],
        "notice": "another_key",
    }

    told = {one.path: (one.before, one.after) for one in CampaignFace().differences(before, after)}

    assert told[f"awards.{key}.benefit"] == ("银行理财经理1对1咨询", "老年客户理财咨询")
    assert told["notice"][0] == "个人信息处理告知（第1版）"
    assert told["channels"] == ("公众号菜单", "官网")
    assert "phone" not in told.get("contact_fields", ("", ""))[1]


def test_a_reviewer_reads_days_and_fields_as_people_write_them(
    marketer: Actor, officer: Actor, consult: Benefit
) -> None:
    """A stored document keeps no order and holds days for machines; the page says them to people."""
    draft = presets()["daily_check_in"].draft(sector="bank", today=NOON.date())
    stored = json.loads(
        json.dumps({**draft, "awards": {"month": {"benefit": str(consult.id)}}}, sort_keys=True)
    )

    sections = {section.title: section.parts for section in CampaignFace().sections(stored)}

    opening, card = sections["开场"], sections["第1张知识卡"]
    assert [part.text for part in opening if part.path == "starts_on"] == [day(NOON)]
    assert [part.label for part in card][:3] == ["标题", "内容", "法规依据"]
    assert "当月签到达标" in {part.label for parts in sections.values() for part in parts}
    assert worded("ends_on", NOON.date().isoformat()) == day(NOON)
    assert worded("ends_on", "soon") == "soon"
