"""F18, F41, WX-212 through the phone's real doors: seat, device and container come from the server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from campaigns.models import Party
from campaigns.player.devices import CONTAINER_KEPT
from kernel.actor import Actor
from ledger.models import Entry
from privacy.models import Consent
from rewards.models import Grant
from tests.campaigns.party_people import prove
from tests.player.conftest import Phone
from tests.privacy.people import texted_code

WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50 NetType/WIFI"


def known(phone: Phone, number: str) -> dict[str, Any]:
    """Begun, with a proven number."""
    told: dict[str, Any] = phone.start()
    prove(Actor(kind="participant", id=whose(phone)), number)
    return told


def whose(phone: Phone) -> UUID:
    """The pseudonym in the phone's cookie."""
    return UUID(phone.client.cookies["hequ-bank"].value.split(".")[1])


def moved(phone: Phone, play: str, kind: str, **headers: str) -> Any:
    return phone.post("move/", {"play": play, "kind": kind, "values": {}}, **headers)


def test_an_invitation_leads_to_us_whatever_host_the_request_names(opened: Any, settings: Any) -> None:
    settings.PUBLIC_URL = settings.BACK_OFFICE_URL = "https://h5.example.cn"  # one name: any is answered
    first = opened()
    play = known(first, "13800000001")["play"]
    moved(first, play, "join")

    link = moved(first, play, "share", host="evil.example").json()["reply"]["link"]

    assert link.startswith(f"https://h5.example.cn{first.home}?p=")


def test_two_phones_meet_by_an_invitation(opened: Any) -> None:
    first = opened()
    play = known(first, "13800000001")["play"]
    moved(first, play, "join")
    link = moved(first, play, "share").json()["reply"]["link"]

    second = opened(link.partition("?p=")[2])
    joined = moved(second, known(second, "13800000002")["play"], "join").json()

    assert joined["view"]["stage"] == "together"
    assert first.me()["earned"][0]["name"] == "账户诊断"
    assert Grant.objects.count() == 2


def test_the_same_phone_in_a_new_session_is_refused_with_a_way_to_a_human(opened: Any) -> None:
    first = opened()
    play = known(first, "13800000001")["play"]
    moved(first, play, "join")
    link = moved(first, play, "share").json()["reply"]["link"]

    for name in ("hequ-bank", "hequ-bank.coming"):  # the pseudonym is forgotten, the phone is the same
        del first.client.cookies[name]
    first.csrf = ""
    first.get(f"?p={link.partition('?p=')[2]}")
    refused = moved(first, known(first, "13800000002")["play"], "join")

    assert (refused.status_code, refused.json()["code"]) == (409, "same_device")
    assert "客服热线" in refused.json()["title"] + str(refused.json().get("detail", ""))
    assert Entry.objects.filter(verb="parties.same_device_refused").count() == 1


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (iPhone)", WECHAT])
def test_a_page_opened_in_wechat_stays_one_whatever_the_call_says(opened: Any, agent: str) -> None:
    inside = opened(agent=WECHAT)
    play = known(inside, "13800000001")["play"]

    refused = moved(inside, play, "join", **{"User-Agent": agent})
    alone = moved(inside, play, "alone", **{"User-Agent": agent})

    assert refused.json()["code"] == "invitation_off"
    assert alone.json()["view"]["stage"] == "alone"


def test_without_a_signed_container_there_is_no_invitation(opened: Any) -> None:
    phone = opened()
    play = known(phone, "13800000001")["play"]
    name = "hequ-container-bank"

    phone.client.cookies[name] = "open.9999999999:forged"
    forged = moved(phone, play, "join").json()["code"]
    del phone.client.cookies[name]
    missing = moved(phone, play, "join").json()["code"]

    assert (forged, missing) == ("invitation_off", "invitation_off")
    assert timedelta(days=1) >= CONTAINER_KEPT


def test_inside_wechat_an_invitation_is_explained(opened: Any) -> None:
    first = opened()
    play = known(first, "13800000001")["play"]
    moved(first, play, "join")
    link = moved(first, play, "share").json()["reply"]["link"]

    inside = opened(link.partition("?p=")[2], agent=WECHAT)
    answer = inside.post("start/", {})

    assert answer.json()["code"] == "invitation_off"
    assert not inside.client.cookies[f"hequ-party-bank-{inside.code}"].value


def test_a_game_for_one_sets_no_device_cookie(phone: Phone) -> None:
    phone.get()

    assert not [name for name in phone.client.cookies if "device" in name or "container" in name]


def test_the_number_is_proven_on_the_phone_itself(opened: Any) -> None:
    """F21, F41: notice and consent first, then the code, then back to the play."""
    phone = opened()
    play = phone.start()["play"]
    page = phone.get("prove/").content.decode()
    notice = page.partition('name="notice" value="')[2].partition('"')[0]

    hasty = phone.form("prove/", step="phone", phone="13800000001", notice=notice)
    wrong = phone.form("prove/", step="phone", phone="12", notice=notice, consent="yes")
    asked = phone.form("prove/", step="phone", phone="13800000001", notice=notice, consent="yes")
    missed = phone.form("prove/", step="code", phone="13800000001", code="000000")
    code = texted_code(Actor(kind="participant", id=whose(phone)))
    done = phone.form("prove/", step="code", phone="13800000001", code=code)

    assert "信息仅用于服务预约，将加密存储" in page
    assert (hasty.status_code, wrong.status_code, asked.status_code) == (400, 400, 200)
    assert missed.status_code == 400
    assert (done.status_code, done["Location"]) == (302, f"{phone.home}#play")
    assert Consent.objects.count() == 1
    assert phone.me()["proven"] is True
    assert moved(phone, play, "alone").json()["view"]["stage"] == "alone"


def test_who_has_not_begun_is_sent_to_the_start(opened: Any) -> None:
    assert opened().get("prove/").status_code == 401


def test_the_landing_page_says_that_a_number_is_needed(opened: Any) -> None:
    page = opened().get().content.decode()

    assert "参加时需由您本人在自己的手机上同意告知并验证手机号" in page
    assert "参与时不需要填写姓名和手机号" not in page


@pytest.mark.parametrize("kind", ["", "join\x00", "共享", "leave", "x" * 64])
def test_nonsense_at_a_party_is_refused_in_words(opened: Any, kind: str) -> None:
    phone = opened()
    play = known(phone, "13800000001")["play"]

    answer = moved(phone, play, kind)

    assert answer.status_code in (400, 409)
    assert answer.json()["code"]
    assert Party.objects.get().status == "open"


def test_without_scripts_a_game_for_two_says_so_truly_and_offers_no_dead_button(opened: Any) -> None:
    """It promised that no number is needed, and its button led back to the same page."""
    page = opened().get("play/").text

    assert "需要浏览器开启脚本功能" in page
    assert "参与时不需要填写姓名和手机号" not in page
    assert "验证手机号" in page
    assert 'value="start"' not in page
    assert 'href="tel:' in page
