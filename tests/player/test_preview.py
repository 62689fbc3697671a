"""Staff see the phone before customers may: the same page and rules, finished or not, and nothing is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from campaigns.live import LiveCampaign
from campaigns.models import Campaign, Play
from compliance.models import Review
from kernel.actor import Actor
from ledger.models import Entry
from privacy.models import Participant
from tests.desk import Browser, signed_in


@pytest.fixture
def desk(marketer: Actor) -> Browser:
    return signed_in(marketer)


def at(campaign_id: UUID, part: str = "", **asked: Any) -> str:
    name = f"preview:draft-{part}" if part else "preview:draft"
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return reverse(name, args=[campaign_id]) + (f"?{query}" if query else "")


def test_the_preview_is_the_customers_page_and_says_it_is_one(desk: Browser, live_quiz: LiveCampaign) -> None:
    page = desk.get(at(live_quiz.id)).content.decode()

    assert live_quiz.content.frame.title in page
    assert "预览：不记录、不收集任何信息" in page


def test_a_play_is_rehearsed_and_nothing_is_kept(desk: Browser, live_quiz: LiveCampaign) -> None:
    before = (Entry.objects.count(), Play.objects.count(), Participant.objects.count())
    told = post(desk, at(live_quiz.id, "start"), {}).json()
    asked = told["view"]["question"]["id"]
    body = {"state": told["state_token"], "kind": "answer", "values": {"question": asked, "option": "A"}}

    moved = post(desk, at(live_quiz.id, "move"), body).json()

    assert moved["view"]["answered"] == 1
    assert moved["reply"]["explanation"]
    assert (Entry.objects.count(), Play.objects.count(), Participant.objects.count()) == before


@pytest.mark.parametrize("item", [0, 3, 9])
def test_the_phone_opens_on_the_question_being_edited(
    desk: Browser, live_quiz: LiveCampaign, item: int
) -> None:
    told = post(desk, at(live_quiz.id, "start", screen="question", item=item), {}).json()

    assert told["view"]["question"]["id"] == live_quiz.content.settings.questions[item].id


def test_the_result_screen_has_passed_and_shows_the_service(desk: Browser, live_quiz: LiveCampaign) -> None:
    told = desk.get(at(live_quiz.id, "me", screen="result")).json()

    assert told["view"]["result"]["passed"]
    assert told["earned"][0]["name"] == "银行理财经理1对1咨询"


def test_the_booking_screen_cannot_be_sent(desk: Browser, live_quiz: LiveCampaign) -> None:
    page = desk.get(at(live_quiz.id, screen="book")).content.decode()

    assert 'name="consent"' in page
    assert "disabled" in page


@pytest.mark.parametrize(
    "draft",
    [
        {"game": "quiz"},
        {"game": "quiz", "title": None, "settings": {"questions": [{}]}},
        {"game": "quiz", "settings": {"questions": [{"id": "q1", "options": [{}, "x", 5]}, 7, None]}},
        {"game": "quiz", "settings": "nonsense", "minutes": "soon", "starts_on": "whenever"},
        {"game": "quiz", "title": "题" * 500, "settings": {"questions": []}, "stray": 1},
        {},
        {"game": "no such game"},
    ],
)
@pytest.mark.parametrize("screen", ["", "question", "result", "book"])
def test_an_unfinished_draft_is_never_a_fault(
    desk: Browser, live_quiz: LiveCampaign, draft: dict[str, Any], screen: str
) -> None:
    Campaign.objects.filter(id=live_quiz.id).update(draft=draft)

    page = desk.get(at(live_quiz.id, screen=screen, item=0))
    begun = post(desk, at(live_quiz.id, "start", screen=screen, item=0), {})

    assert page.status_code == 200
    assert begun.status_code in (200, 400)


@pytest.mark.parametrize("state", ["", "x", "a:b:c", "é"])
def test_a_spoilt_state_is_refused(desk: Browser, live_quiz: LiveCampaign, state: str) -> None:
    refused = post(desk, at(live_quiz.id, "move"), {"state": state, "kind": "answer"})

    assert (refused.status_code, refused.json()["code"]) == (400, "preview_state")


def test_an_outsider_sees_no_preview(outsider: Actor, live_quiz: LiveCampaign) -> None:
    """Security 26."""
    assert signed_in(outsider).get(at(live_quiz.id)).status_code == 404


def test_a_version_can_be_looked_at(desk: Browser, live_quiz: LiveCampaign) -> None:
    page = desk.get(reverse("preview:version", args=[live_quiz.id, 1]))

    assert live_quiz.content.frame.title in page.content.decode()


def test_an_approved_version_bears_its_own_number_and_a_draft_none(
    desk: Browser, live_quiz: LiveCampaign
) -> None:
    """F50: what colleagues look at is what phones show, number and all."""
    review = Review.objects.get(subject_id=live_quiz.id)

    version = desk.get(reverse("preview:version", args=[live_quiz.id, 1])).content.decode()
    draft = desk.get(at(live_quiz.id)).content.decode()

    assert review.certificate in version
    assert "审核后生成" in draft
    assert review.certificate not in draft


def post(desk: Browser, address: str, body: dict[str, Any]) -> Any:
    return desk.post(address, body, content_type="application/json", headers={"Accept": "application/json"})
