"""F56: a case walked through by phone, with and without scripts, and built and reviewed at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.live import LiveCampaign
from campaigns.models import Campaign
from campaigns.player.limits import MOVES
from campaigns.review_face import CampaignFace
from campaigns.usecases import save_draft
from kernel.actor import Actor
from ledger.models import Entry
from rewards.models import Grant
from rewards.usecases import add_benefit
from tenancy.models import Institution
from tests.campaigns.party_people import put_out_preset
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.player.conftest import Phone

PRESET = "scam_call_walkthrough"


@pytest.fixture
def live(marketer: Actor) -> LiveCampaign:
    add_benefit(
        actor=make_staff("fan.zha", "operations").actor,
        service="anti_fraud_clinic",
        title="反诈门诊",
        summary="帮您识别可疑来电，免费。",
        delivered_by="counter",
        now=NOON,
    )
    return put_out_preset(PRESET, marketer)


@pytest.fixture
def visitor(live: LiveCampaign, bank: Institution) -> Phone:
    return Phone(bank.slug, live.code, live.id, Client(enforce_csrf_checks=True))


def wise(live: LiveCampaign, question: str) -> str:
    return str(live.content.settings.node(question).answer[0])


def unwise(live: LiveCampaign, question: str) -> str:
    node = live.content.settings.node(question)
    return str(next(option.id for option in node.options if option.id not in node.answer))


def walk_wisely(visitor: Phone, live: LiveCampaign) -> Any:
    told = visitor.start()
    while told["view"]["question"]:
        asked = told["view"]["question"]["id"]
        told |= visitor.answer(told["play"], asked, wise(live, asked)).json()
        MOVES.forget()
    return told


def test_the_wise_way_earns_the_service_once_and_shows_the_other_ways_at_the_end(
    visitor: Phone, live: LiveCampaign
) -> None:
    told = walk_wisely(visitor, live)

    assert told["view"]["result"]["passed"]
    assert Grant.objects.get().benefit.service == "anti_fraud_clinic"
    assert all(other["to"] for road in told["view"]["result"]["roads"] for other in road["others"])
    assert "预约" in visitor.me()["earned"][0]["action"]


def test_nothing_is_told_of_where_a_choice_leads_before_it_is_made(
    visitor: Phone, live: LiveCampaign
) -> None:
    told = visitor.start()
    shown = visitor.get().content.decode() + str(told)

    for node in live.content.settings.nodes:
        for option in node.options:
            assert option.remark not in shown
    assert set(told["view"]["question"]["options"][0]) == {"id", "text"}


def test_a_double_tap_counts_once_and_a_second_tab_cannot_change_it(
    visitor: Phone, live: LiveCampaign
) -> None:
    told = visitor.start()
    asked = told["view"]["question"]["id"]

    first, again = (visitor.answer(told["play"], asked, wise(live, asked)).json() for _ in range(2))
    other = visitor.answer(told["play"], asked, unwise(live, asked))

    assert first == again
    assert (other.status_code, other.json()["code"]) == (409, "already_answered")
    assert Entry.objects.filter(verb="play.answered").count() == 1


def test_who_comes_back_goes_on_with_what_was_gathered(visitor: Phone, live: LiveCampaign) -> None:
    told = visitor.start()
    asked = told["view"]["question"]["id"]
    moved = visitor.answer(told["play"], asked, wise(live, asked)).json()

    back = visitor.me()

    assert back["state"] == "playing"
    assert back["view"] == moved["view"]
    assert back["view"]["file"] == ["来电号码"]


def test_it_is_played_to_the_end_without_scripts_in_elder_mode_and_in_english(
    visitor: Phone, live: LiveCampaign
) -> None:
    visitor.form("play/", kind="start")
    asked = str(live.content.settings.nodes[0].id)
    visitor.form("play/", kind="answer", question=asked, option=unwise(live, asked))
    page = visitor.get("play/?view=elder&lang=en", follow=True).content.decode()

    while (told := visitor.me())["state"] == "playing":
        question = told["view"]["question"]["id"]
        visitor.form("play/", kind="answer", question=question, option=wise(live, question))
        MOVES.forget()
    end = visitor.get("play/?lang=zh-hans", follow=True).content.decode()

    assert 'class="elder"' in page
    assert "Not the soundest choice" in page
    assert "知识讲解" not in page
    assert "处理妥当，已达标" in end
    assert live.content.settings.closing in end
    assert "您的选择回顾" in end


def test_the_preview_opens_on_the_scene_being_edited_and_a_broken_draft_never_faults(
    live: LiveCampaign, marketer: Actor
) -> None:
    desk, campaign = signed_in(marketer), Campaign.of(live.id)
    start = reverse("preview:draft-start", args=[live.id]) + "?screen=question&item=3"
    opened = desk.post(start, {}, content_type="application/json").json()
    nodes = campaign.draft["settings"]["nodes"]
    nodes[0]["options"] = [{"id": "A", "text": "去", "to": "gone"}]
    nodes[1] = {"id": "S02", "title": 7}
    save_draft(
        actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=campaign.draft, now=NOON
    )

    screens = [
        desk.get(reverse("preview:draft", args=[live.id]) + "?screen=result"),
        desk.get(reverse("preview:draft-me", args=[live.id]) + "?screen=result"),
        desk.get(reverse("campaigns:build", args=[live.id])),
    ]

    assert opened["view"]["question"]["id"] == live.content.settings.nodes[3].id
    assert {screen.status_code for screen in screens} <= {200, 400}


def test_the_builder_offers_scenes_with_options_and_their_targets(
    live: LiveCampaign, marketer: Actor
) -> None:
    page = signed_in(marketer).get(reverse("campaigns:build", args=[live.id])).content.decode()

    assert "通向情景" in page
    assert "games/simulation/build" in page


def test_a_reviewer_reads_where_each_choice_leads_and_what_is_said_of_it(live: LiveCampaign) -> None:
    """F28: everything a customer can meet is in front of the reviewer, under its own words."""
    sections = CampaignFace().sections(live.content.as_json())

    opening = next(section for section in sections if section.title == "情景S01")
    told = [(part.label, part.text) for part in opening.parts]
    option = live.content.settings.nodes[0].options[0]
    assert ("选择A", option.text) in told
    assert ("通向情景", option.to) in told
    assert ("即时点评", option.remark) in told


@pytest.mark.parametrize("letter", ["AB", ""])
def test_an_option_without_a_letter_of_its_own_is_no_fault_of_the_preview(
    live: LiveCampaign, marketer: Actor, letter: str
) -> None:
    """S4: the draft is told to be unfinished, wherever the preview stands."""
    draft = Campaign.of(live.id).draft
    for node in draft["settings"]["nodes"]:
        node["answer"] = letter
        for option in node.get("options", [])[:1]:
            option["id"] = letter
    Campaign.objects.filter(id=live.id).update(draft=draft)
    desk = signed_in(marketer)

    told = [
        desk.post(reverse("preview:draft-start", args=[live.id]), "{}", content_type="application/json"),
        desk.get(reverse("preview:draft-me", args=[live.id]), {"screen": "result"}),
    ]

    assert {answer.status_code for answer in told} <= {200, 400}
