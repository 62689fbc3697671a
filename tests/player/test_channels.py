"""Official ways in are signed, counted and framed only where the institution says (F15, F17)."""

from __future__ import annotations

import re

from campaigns.live import LiveCampaign
from campaigns.models import Channel
from campaigns.player.channels import channel_link, channel_named
from kernel.ids import new_id
from ledger.models import Entry
from tenancy.models import Institution
from tenancy.scope import forget_institutions
from tests.player.conftest import Phone


def test_a_visit_is_counted_for_the_channel_it_came_through(phone: Phone, live_quiz: LiveCampaign) -> None:
    key = Channel.objects.get().key
    link = channel_link(slug=phone.slug, code=phone.code, campaign_id=live_quiz.id, key=key)

    phone.post("seen/", {"channel": link.partition("?ch=")[2]})

    assert Entry.objects.get(verb="play.seen").channel == key


def test_the_channel_is_kept_where_scripts_are_off(phone: Phone, live_quiz: LiveCampaign) -> None:
    key = Channel.objects.get().key
    link = channel_link(slug=phone.slug, code=phone.code, campaign_id=live_quiz.id, key=key)

    page = phone.get("play/", headers={"Referer": f"http://testserver{link}"}).content.decode()
    token = re.search(r'name="channel" value="([^"]+)"', page)
    assert token
    phone.form("play/", kind="start", channel=token[1])

    assert Entry.objects.get(verb="play.started").channel == key


def test_a_channel_of_another_campaign_is_not_believed(live_quiz: LiveCampaign) -> None:
    elsewhere = channel_link(slug="bank", code="other", campaign_id=new_id(), key="app")

    assert channel_named(elsewhere.partition("?ch=")[2], live_quiz.id) == ""


def test_only_the_institutions_own_sites_may_frame_the_page(bank: Institution, phone: Phone) -> None:
    before = phone.get()["Content-Security-Policy"]
    Institution.objects.filter(id=bank.id).update(embed_hosts=["www.bank.example"])
    forget_institutions()

    after = phone.get()["Content-Security-Policy"]

    assert before.endswith("frame-ancestors 'self'")
    assert after.endswith("frame-ancestors 'self' https://www.bank.example")
    assert "unsafe" not in after
