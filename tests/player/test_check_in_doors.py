"""F27, F29: the check-in through its doors, with and without scripts, and points among one's own things."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from campaigns.live import LiveCampaign
from campaigns.models import Play
from campaigns.player.texts import articles_cited
from kernel.actor import Actor
from rewards.points import books
from tenancy.models import Institution
from tests.campaigns.party_people import put_out_preset
from tests.player.conftest import Phone


@pytest.fixture
def live(marketer: Actor) -> LiveCampaign:
    return put_out_preset("daily_check_in", marketer)


@pytest.fixture
def visitor(live: LiveCampaign, bank: Institution) -> Phone:
    return Phone(bank.slug, live.code, live.id, Client(enforce_csrf_checks=True))


def test_a_tap_brings_a_card_and_points_and_a_second_tap_brings_the_same(visitor: Phone) -> None:
    play = visitor.start()["play"]
    body = {"play": play, "kind": "check_in", "values": {}}

    first, second = (visitor.post("move/", body).json() for _ in range(2))

    assert first["reply"]["card"] == second["reply"]["card"]
    assert first["view"]["points"]["balance"] == second["view"]["points"]["balance"] == 10
    assert books().holders == 10


def test_points_stand_among_ones_own_things_with_their_last_day(visitor: Phone) -> None:
    """PROM-14: rules and expiry are published."""
    play = visitor.start()["play"]
    visitor.post("move/", {"play": play, "kind": "check_in", "values": {}})

    mine = visitor.get("mine/").content.decode()
    landing = visitor.get().content.decode()

    assert "10 积分" in mine
    assert "不可兑换现金、礼品" in mine
    assert "积分有效期至活动结束后第30天" in landing


def test_too_few_points_are_refused_in_words_and_nothing_is_taken(visitor: Phone) -> None:
    play = visitor.start()["play"]
    visitor.post("move/", {"play": play, "kind": "check_in", "values": {}})

    answer = visitor.post("move/", {"play": play, "kind": "exchange", "values": {}})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_points")
    assert books().holders == 10


def test_it_works_without_scripts(visitor: Phone) -> None:
    visitor.form("play/", kind="start")
    before = visitor.get("play/").content.decode()

    visitor.form("play/", kind="check_in")
    after = visitor.get("play/").content.decode()

    assert "签到，领取今日知识卡" in before
    assert "今天已签到，明天见" in after
    assert "今日知识卡" in after


def test_the_landing_page_words_the_chosen_streak(visitor: Phone) -> None:
    """F28."""
    assert "连续3个自然月中，每个月都签到满15天" in visitor.get().content.decode()


def test_points_become_a_service_without_scripts_too(visitor: Phone, live: LiveCampaign) -> None:
    """The rules promise the exchange on the page: only the scripts had a button for it."""
    visitor.form("play/", kind="start")
    visitor.form("play/", kind="check_in")
    before = visitor.get("play/").text
    state = Play.objects.get().state
    Play.objects.update(state={**state, "points": live.content.settings.exchange_points})

    assert "兑换一份服务" not in before
    assert 'value="exchange"' in visitor.get("play/").text


def test_without_scripts_the_card_names_its_article_too(visitor: Phone, live: LiveCampaign) -> None:
    visitor.form("play/", kind="start")
    visitor.form("play/", kind="check_in")

    page = visitor.get("play/").content.decode()

    assert articles_cited(live.content)[live.content.settings.cards[0].article] in unescape(page)
