"""F56, F57: what a sector must say stands on every page its customers see, whatever the campaign is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from campaigns.games.base import Json
from campaigns.live import LiveCampaign
from campaigns.models import Version
from campaigns.player.limits import MOVES
from campaigns.review_face import CampaignFace
from campaigns.usecases import pause_campaign
from kernel.actor import Actor
from kernel.scope import scope
from rewards.usecases import add_benefit
from tenancy.models import Institution
from tests.campaigns.party_people import put_out_preset
from tests.cast import NOON, make_institution, make_staff
from tests.player.conftest import Phone, open_times

SENTENCES = {
    "securities": ("stock_risk_quiz", "投资有风险，入市需谨慎"),
    "insurance": ("claim_walkthrough", "保险产品不保证收益，理赔需符合"),
    "wealth": ("wealth_risk_quiz", "理财非存款、产品有风险、投资须谨慎"),
}


@pytest.fixture(params=sorted(SENTENCES))
def house(request: pytest.FixtureRequest, ground: None) -> Iterator[Institution]:
    institution = make_institution("house", "示范机构", "Demo House", request.param)
    with scope(institution.id):
        yield institution


@pytest.fixture
def author(house: Institution) -> Actor:
    return make_staff("lin.yue", "marketer").actor


@pytest.fixture
def live(house: Institution, author: Actor) -> LiveCampaign:
    operations = make_staff("yun.ying.san", "operations").actor
    for service, title in (("anti_fraud_clinic", "反诈防骗咨询"), ("claim_guide", "理赔流程咨询")):
        add_benefit(
            actor=operations,
            service=service,
            title=title,
            summary="讲解知识，免费。",
            delivered_by="counter",
            now=NOON,
        )
    live = put_out_preset(SENTENCES[house.sector][0], author)
    open_times()
    return live


def right_step(live: LiveCampaign, view: Json) -> Json:
    asked = view["question"]["id"]
    settings = live.content.settings
    thing = settings.question(asked) if hasattr(settings, "question") else settings.node(asked)
    return {"question": asked, "option": thing.answer}


def unread_by_customers(live: LiveCampaign, pages: dict[str, Any]) -> list[str]:
    """Lines of the disclaimers, as the reviewers' desk shows them, that stand on no page of the phone."""
    read = unescape("".join(answer.content.decode() for answer in pages.values()))
    sections = CampaignFace().sections(Version.of(live.version_id).content)
    told = [part for section in sections for part in section.parts if part.path.startswith("disclaimers.")]
    assert told
    return [line for part in told for line in part.text.splitlines() if line not in read]


def test_the_sentence_stands_on_every_page_a_customer_sees(
    house: Institution, live: LiveCampaign, author: Actor
) -> None:
    """F57: home, play, result, booking, own things, privacy, a lost address, and the closing page."""
    phone, pages = Phone(house.slug, live.code, live.id), {}
    pages["home"] = phone.get()
    pages["begin"] = phone.get("play/")
    phone.form("play/", kind="start")
    pages["play"] = phone.get("play/")
    while (told := phone.me())["state"] == "playing":
        phone.form("play/", kind="answer", **right_step(live, told["view"]))
        MOVES.forget()
    pages["result"] = phone.get("play/")
    pages["booking"] = phone.client.get(phone.me()["earned"][0]["link"])
    pages["mine"], pages["privacy"] = phone.get("mine/"), phone.get("privacy/")
    pages["nowhere"] = phone.get("nowhere/")
    pause_campaign(actor=author, campaign_id=live.id, reason="网点排队，先暂停", now=NOON)
    pages["closing"] = phone.get()

    missing = [
        name for name, answer in pages.items() if SENTENCES[house.sector][1] not in answer.content.decode()
    ]

    assert missing == []
    assert unread_by_customers(live, pages) == []
    assert pages["booking"].status_code == 200
    assert pages["closing"].status_code != 200


def test_a_booking_asks_only_about_what_the_sector_may_talk_of(
    house: Institution, live: LiveCampaign, author: Actor
) -> None:
    """Only a bank takes deposits and lends."""
    phone = Phone(house.slug, live.code, live.id)
    phone.form("play/", kind="start")
    while (told := phone.me())["state"] == "playing":
        phone.form("play/", kind="answer", **right_step(live, told["view"]))
        MOVES.forget()

    form = phone.client.get(phone.me()["earned"][0]["link"]).content.decode()

    asked = set(re.findall(r'name="need"\s+value="(\w+)"', form))
    assert asked == {"safety", "insurance" if house.sector == "insurance" else "wealth"}


@pytest.mark.parametrize("house", ["securities"], indirect=True)
def test_it_is_in_english_for_who_reads_english(house: Institution, live: LiveCampaign) -> None:
    page = Phone(house.slug, live.code, live.id).get("?lang=en", follow=True).content.decode()

    assert "Investment involves risk" in page


def test_a_bank_has_no_sentence_of_another_sector(phone: Phone, at_bank: UUID) -> None:
    assert 'class="pledge"' not in phone.get().content.decode()
