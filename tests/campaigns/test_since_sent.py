"""After a return the difference is told from what was last sent: desk, campaign, builder.

Issue 8, 17.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from campaigns.content import read_content
from campaigns.models import Campaign
from campaigns.queries import changes_since_sent
from campaigns.usecases import save_draft, submit_for_review
from campaigns.views_building import _overview
from compliance.models import Review
from compliance.queries import last_sent, latest_review
from compliance.reading import read_review
from compliance.usecases import decide_review
from kernel.actor import Actor
from tests.campaigns.conftest import approve
from tests.cast import NOON
from tests.desk import signed_in


def sent(campaign: Campaign, marketer: Actor) -> Review:
    submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None
    return review


def written(campaign: Campaign, marketer: Actor, **changes: Any) -> Campaign:
    fresh = Campaign.of(campaign.id)
    return save_draft(
        actor=marketer,
        campaign_id=fresh.id,
        revision=fresh.revision,
        draft={**fresh.draft, **changes},
        now=NOON,
    )


def builder_says(campaign: Campaign) -> str:
    fresh = Campaign.of(campaign.id)
    return _overview(fresh, read_content(fresh.draft))[-1]


@pytest.fixture
def returned(draft_quiz: Campaign, marketer: Actor, officer: Actor) -> Review:
    review = sent(draft_quiz, marketer)
    return decide_review(
        actor=officer, review_id=review.id, verdict="return", reasons="请改介绍", role="compliance", now=NOON
    )


def test_before_anything_was_sent_nothing_is_compared(draft_quiz: Campaign) -> None:
    assert builder_says(draft_quiz) == "首次送审"
    assert changes_since_sent(draft_quiz, draft_quiz.draft).review is None


def test_after_a_return_the_builder_compares_with_what_was_returned(
    draft_quiz: Campaign, returned: Review, marketer: Actor
) -> None:
    assert builder_says(draft_quiz) == "与上次退回的版本相比有 0 处变化"

    written(draft_quiz, marketer, promise="五分钟学会识别骗局")

    assert builder_says(draft_quiz) == "与上次退回的版本相比有 1 处变化"
    page = signed_in(marketer).get(reverse("campaigns:campaign", args=[draft_quiz.id])).content.decode()
    assert "与上次退回的版本相比" in page
    assert "上次通过" not in page


def test_a_second_submission_is_no_first_one_and_shows_what_changed(
    draft_quiz: Campaign, returned: Review, marketer: Actor, officer: Actor
) -> None:
    written(draft_quiz, marketer, promise="五分钟学会识别骗局")
    again = sent(draft_quiz, marketer)

    reading = read_review(again, actor=officer)
    page = signed_in(officer).get(reverse("compliance:review", args=[again.id])).content.decode()
    queue = signed_in(officer).get(reverse("compliance:reviews")).content.decode()

    assert (reading.sent_before, again.previous) == (returned, None)
    assert [one.path for one in reading.since_sent] == ["promise"]
    assert [s.title for s in reading.sections if s.touched] == [reading.sections[0].title]
    assert "首次送审" not in page + queue
    assert "修改后再次送审" in queue
    assert "再次送审，修改 1 处；尚无通过的版本，全部内容需要审阅" in page


def test_what_changed_is_marked_inside_the_sentence(
    draft_quiz: Campaign, returned: Review, marketer: Actor, officer: Actor
) -> None:
    before = Campaign.of(draft_quiz.id).draft["promise"]
    written(draft_quiz, marketer, promise=before.replace(before[2:4], "马上"))
    again = sent(draft_quiz, marketer)

    page = signed_in(officer).get(reverse("compliance:review", args=[again.id])).content.decode()

    assert f'<del class="diff-del">{before[2:4]}</del><ins class="diff-add">马上</ins>' in page
    assert f'<del class="diff-del">{before}' not in page


def test_after_an_approval_and_a_return_both_differences_are_told(
    draft_quiz: Campaign, marketer: Actor, officer: Actor
) -> None:
    """What was approved says whose opinion is carried; what was last sent, what is new to its reader."""
    approved = approve(draft_quiz, marketer)
    written(draft_quiz, marketer, promise="五分钟学会识别骗局")
    second = sent(draft_quiz, marketer)
    decide_review(
        actor=officer, review_id=second.id, verdict="return", reasons="标题", role="compliance", now=NOON
    )
    written(draft_quiz, marketer, title="反诈小课堂开讲")
    third = sent(draft_quiz, marketer)

    reading = read_review(third, actor=officer)
    page = signed_in(officer).get(reverse("compliance:review", args=[third.id])).content.decode()

    assert last_sent(third.subject, before=third) == second
    assert [one.path for one in reading.since_sent] == ["title"]
    assert {one.path for one in reading.differences} == {"title", "promise"}
    assert third.previous == approved
    assert "data-since-sent" in page
    assert "与上次通过的内容相比" in page


def test_straight_after_an_approval_one_difference_is_enough(
    draft_quiz: Campaign, marketer: Actor, officer: Actor
) -> None:
    approve(draft_quiz, marketer)
    written(draft_quiz, marketer, promise="五分钟学会识别骗局")
    second = sent(draft_quiz, marketer)

    page = signed_in(officer).get(reverse("compliance:review", args=[second.id])).content.decode()

    assert builder_says(draft_quiz).startswith("与正在审核的版本相比")
    assert "data-since-sent" not in page
