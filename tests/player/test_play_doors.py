"""The phone's play through its real doors: shell, standing, begin, move."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from html import unescape
from types import SimpleNamespace

import pytest

from campaigns.live import LiveCampaign, forget_live
from campaigns.models import Campaign, Play
from campaigns.player import doors
from kernel.timekeeping import SHANGHAI
from ledger.models import Entry
from tests.cast import ONE_DAY
from tests.player.conftest import Phone

SECOND = timedelta(seconds=1)


def test_the_shell_says_what_a_customer_must_know_first(phone: Phone) -> None:
    """Issue 2: notice and sector disclaimer before anything is collected."""
    page = phone.get().content.decode()

    assert "参与前请您知悉" in page
    assert "信息仅用于服务预约，将加密存储" in page
    assert "本活动权益与存款、理财购买、资产规模均不挂钩" in page
    assert "银行理财经理1对1咨询" in page


def test_the_shell_is_the_same_for_everyone_and_asks_for_nothing(
    phone: Phone, another_phone: Callable[[], Phone]
) -> None:
    phone.start()

    mine, theirs = phone.get(), another_phone().get()

    assert mine.content == theirs.content
    assert not theirs.cookies


def test_an_unchanged_shell_is_not_sent_twice(phone: Phone) -> None:
    first = phone.get()

    again = phone.get(headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_answers_are_not_in_the_page_nor_in_the_scripts_call(phone: Phone, live_quiz: LiveCampaign) -> None:
    """Security 24: decided by the server only."""
    explanations = [question.explanation for question in live_quiz.content.settings.questions]

    told = phone.get().content.decode() + phone.get("me/").content.decode() + str(phone.start())

    assert not [text for text in explanations if text in told]


def test_looking_makes_no_pseudonym_and_changes_nothing(phone: Phone) -> None:
    before = Entry.objects.count()

    phone.get()
    phone.get("me/")
    phone.get("mine/")
    phone.get("privacy/")
    phone.get("play/")

    assert Entry.objects.count() == before


def test_a_pass_earns_the_service_and_shows_its_next_step(phone: Phone, live_quiz: LiveCampaign) -> None:
    """F11."""
    told = phone.play_through(live_quiz)

    assert told["view"]["result"]["passed"]
    assert phone.me()["earned"][0]["name"] == "银行理财经理1对1咨询"


def test_a_miss_earns_nothing_and_leaves_attempts(phone: Phone, live_quiz: LiveCampaign) -> None:
    phone.play_through(live_quiz, right=False)

    me = phone.me()
    assert (me["state"], me["earned"]) == ("finished", [])
    assert me["attempts_left"] == live_quiz.content.settings.attempts - 1


def test_refresh_finds_the_same_question(phone: Phone) -> None:
    told = phone.start()
    asked = told["view"]["question"]["id"]
    phone.answer(told["play"], asked, "A")

    once, twice = phone.me(), phone.me()

    assert once["view"] == twice["view"]
    assert once["view"]["answered"] == 1


def test_a_double_tap_counts_once_and_is_told_the_same(phone: Phone) -> None:
    told = phone.start()
    asked = told["view"]["question"]["id"]

    first = phone.answer(told["play"], asked, "A", key="tap")
    second = phone.answer(told["play"], asked, "A", key="tap")

    assert first.json() == second.json()
    assert Entry.objects.filter(verb="play.answered").count() == 1


def test_a_second_answer_from_another_tab_is_refused(phone: Phone) -> None:
    told = phone.start()
    asked = told["view"]["question"]["id"]
    phone.answer(told["play"], asked, "A", key="one tab")

    other = phone.answer(told["play"], asked, "B", key="other tab")

    assert (other.status_code, other.json()["code"]) == (409, "already_answered")


def test_begin_twice_is_one_play(phone: Phone) -> None:
    assert phone.start()["play"] == phone.start()["play"]
    assert Play.objects.count() == 1


def test_nobody_moves_anothers_play(phone: Phone, another_phone: Callable[[], Phone]) -> None:
    """Security 22."""
    told = phone.start()
    thief = another_phone()
    thief.start()

    taken = thief.answer(told["play"], told["view"]["question"]["id"], "A")

    assert taken.status_code == 404


def test_the_first_look_of_a_day_is_counted_once(phone: Phone) -> None:
    phone.post("seen/", {})
    phone.post("seen/", {})

    assert Entry.objects.filter(verb="play.seen").count() == 1


def test_a_pause_reaches_the_phone_at_its_next_step(phone: Phone) -> None:
    """Issue 2: pausing and stopping act within seconds."""
    told = phone.start()
    Campaign.objects.filter(id=phone.campaign_id).update(status="paused")
    forget_live()

    moved = phone.answer(told["play"], told["view"]["question"]["id"], "A")
    shown = phone.get()

    assert (moved.status_code, moved.json()["code"]) == (409, "campaign_not_open")
    assert shown.status_code == 409
    assert "活动暂停一会儿" in shown.content.decode()


@pytest.mark.parametrize(("status", "headline"), [("stopped", "活动已停止"), ("closed", "活动已经结束")])
def test_a_resting_campaign_says_why_and_where_to_go(phone: Phone, status: str, headline: str) -> None:
    Campaign.objects.filter(id=phone.campaign_id).update(status=status)
    forget_live()

    page = phone.get()

    shown = page.content.decode()
    assert page.status_code == 409
    assert headline in shown
    assert "查看我的权益" in shown
    assert phone.post("start/", {}).json()["code"] == "campaign_not_open"


def test_the_first_and_the_last_day_count_in_full(
    phone: Phone, live_quiz: LiveCampaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clock edges: days are Shanghai's, from midnight to midnight."""
    first, after = midnight(live_quiz.starts_on), midnight(live_quiz.ends_on + ONE_DAY)

    told = {}
    for moment in (first - SECOND, first, after - SECOND, after):
        monkeypatch.setattr(doors, "timezone", SimpleNamespace(now=lambda moment=moment: moment))
        told[moment] = phone.get().status_code, headline_of(phone)

    assert told == {
        first - SECOND: (409, "活动还没有开始"),
        first: (200, live_quiz.content.frame.title),
        after - SECOND: (200, live_quiz.content.frame.title),
        after: (409, "活动已经结束"),
    }


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def headline_of(phone: Phone) -> str:
    found = re.search(r"<h1[^>]*>([^<]+)</h1>", phone.get().content.decode())
    return found[1].strip() if found else ""


def test_a_human_pace_is_never_slowed_and_a_machines_is(phone: Phone) -> None:
    """Security 32."""
    told = phone.start()
    asked = told["view"]["question"]["id"]

    codes = [phone.answer(told["play"], asked, "Z").status_code for _ in range(30)]

    assert codes[:10] == [409] * 10
    assert 429 in codes


def test_large_text_and_english_are_kept_and_the_address_stays_clean(phone: Phone) -> None:
    chosen = phone.get("?view=elder&lang=en&ch=x")

    page = phone.get().content.decode()

    assert chosen["Location"] == f"{phone.home}?ch=x"
    assert 'class="elder"' in page
    assert "Start the quiz" in page


def test_without_scripts_the_quiz_can_be_played_to_its_end(phone: Phone, live_quiz: LiveCampaign) -> None:
    begun = phone.form("play/", kind="start")
    assert begun.status_code == 302

    while (standing := phone.me())["state"] == "playing":
        asked = standing["view"]["question"]["id"]
        answer = live_quiz.content.settings.question(asked).answer
        phone.form("play/", kind="answer", question=asked, option=list(answer))

    page = phone.get("play/").content.decode()
    assert "您已达标" in page
    assert "预约服务" in page


def test_the_approval_number_leads_to_its_certificate_and_back(phone: Phone) -> None:
    """The number on the phone is no dead text: anyone may check it, and come back to the campaign."""
    home = phone.get().content.decode()
    number = re.search(r'href="(/certificates/[^"]+)"', home)
    assert number is not None

    certificate = phone.client.get(unescape(number[1]))
    elsewhere = phone.client.get(number[1].partition("?")[0] + "?from=//evil.example")

    assert certificate.status_code == 200
    assert home.count(number[1]) == 2
    assert f'href="{phone.home}"' in certificate.content.decode()
    assert "返回活动" not in elsewhere.content.decode()
