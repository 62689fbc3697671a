"""The privacy centre on the phone: see, withdraw, be forgotten (PIPL; issue 2)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from campaigns.live import LiveCampaign
from campaigns.player.privacy_pages import receipt_number
from campaigns.player.wording import clock
from kernel.actor import SYSTEM
from kernel.ids import new_id
from privacy.models import Consent, OutboundText, Participant
from privacy.usecases import sweep_retention
from rewards.models import Grant, Slot
from tests.player.conftest import Phone
from tests.player.test_booking import MOBILE, code_sent, confirm, fill


@pytest.fixture
def customer(phone: Phone, live_quiz: LiveCampaign) -> Phone:
    """A phone whose owner has booked."""
    phone.play_through(live_quiz)
    fill(phone)
    confirm(phone, code_sent())
    return phone


def test_a_phone_that_gave_nothing_is_told_so(phone: Phone) -> None:
    assert "没有保存您的姓名和手机号" in phone.get("privacy/").content.decode()


def test_what_is_held_is_shown_masked(customer: Phone) -> None:
    """F54."""
    page = customer.get("privacy/").content.decode()

    assert "张**" in page
    assert "138****8000" in page
    assert MOBILE not in page


def test_a_withdrawal_that_costs_a_booking_is_asked_first(customer: Phone) -> None:
    asked = customer.form("privacy/withdraw/", purpose="booking")

    page = customer.client.get(asked["Location"]).content.decode()
    assert "现在还没有撤回" in page
    assert "人民路支行" in page
    assert re.findall(r'name="choice" value="(\w+)"', page) == ["keep", "cancel"], "Enter keeps"
    assert not Consent.objects.filter(withdrawn_at__isnull=False).exists()
    assert Grant.objects.get().state == "booked"


def test_the_question_asked_of_somebody_with_nothing_to_lose_leads_to_the_centre(customer: Phone) -> None:
    """Back after the withdrawal: the question is over."""
    customer.form("privacy/withdraw/", purpose="booking", choice="keep")

    back = customer.get("privacy/withdraw/?purpose=booking")

    assert back["Location"] == f"{customer.home}privacy/"


def test_the_question_is_asked_in_another_language_without_losing_what_it_asks(customer: Phone) -> None:
    """The links of language and size dropped what the address asked, and led to the centre."""
    question = customer.get("privacy/withdraw/?purpose=booking").content.decode()
    link = re.search(r'href="([^"]+)" lang="en"', question)
    assert link is not None

    asked = customer.get(f"privacy/withdraw/{unescape(link[1])}", follow=True)

    assert asked.request["QUERY_STRING"] == "purpose=booking"
    assert "keep the booking" in asked.content.decode()


def test_a_kept_booking_is_still_there_and_the_receipt_says_on_what_basis(customer: Phone) -> None:
    customer.form("privacy/withdraw/", purpose="booking", choice="keep")
    sweep_retention(actor=SYSTEM, now=timezone.now() + timedelta(hours=2))

    grant = Grant.objects.get()
    centre = customer.get("privacy/").content.decode()
    assert customer.get(f"ticket/{grant.id}/").status_code == 200
    assert "出示此码" in customer.get(f"ticket/{grant.id}/").content.decode()
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert "第十三条第一款第二项" in centre
    assert receipt_number(Consent.objects.get().receipt) in centre


def test_a_cancelled_booking_frees_the_time_texts_its_owner_and_leaves_a_receipt(customer: Phone) -> None:
    customer.form("privacy/withdraw/", purpose="booking", choice="cancel")

    grant = Grant.objects.get()
    assert (grant.state, grant.code.state) == ("granted", "unbooked")
    assert Slot.objects.filter(taken__gt=0).count() == 0
    assert OutboundText.objects.filter(kind="cancelled", state="waiting").count() == 1
    centre = customer.get("privacy/").content.decode()
    assert "预约已取消" in centre
    assert clock(Participant.objects.get(state="verified").keep_until) in centre, (
        "within the hour, not yesterday"
    )

    sweep_retention(actor=SYSTEM, now=timezone.now() + timedelta(hours=2))

    assert Participant.objects.filter(state="forgotten").exists()
    assert "撤回回执" in customer.get("privacy/").content.decode(), "the receipt outlives the data"


def test_a_consent_nothing_rests_on_is_withdrawn_by_one_tap(phone: Phone, live_quiz: LiveCampaign) -> None:
    phone.play_through(live_quiz)
    fill(phone, also_tips="yes")
    confirm(phone, code_sent())

    phone.form("privacy/withdraw/", purpose="tips")

    assert list(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)) == ["booking"]
    assert "已撤回" in phone.get("privacy/").content.decode()
    assert Grant.objects.get().state == "booked"


def test_an_earned_service_is_not_lost_without_a_word(phone: Phone, live_quiz: LiveCampaign) -> None:
    phone.play_through(live_quiz)
    fill(phone)

    asked = phone.form("privacy/withdraw/", purpose="booking")

    assert "尚未预约的权益" in phone.client.get(asked["Location"]).content.decode()
    assert Consent.objects.filter(withdrawn_at=None).exists()


def test_erasing_names_what_goes_with_it(customer: Phone) -> None:
    assert "人民路支行" in customer.get("privacy/").content.decode().split("清除我的信息")[1]


def test_erasing_needs_the_tick(customer: Phone) -> None:
    refused = customer.form("privacy/erase/")

    assert refused.status_code == 400
    assert Participant.objects.filter(state="verified").exists()


def test_the_erased_are_forgotten_by_house_and_phone(customer: Phone) -> None:
    customer.form("privacy/erase/", sure="yes")

    forgotten = Participant.objects.get(state="forgotten")
    assert forgotten.phone is None
    assert "没有保存您的姓名和手机号" in customer.get("privacy/").content.decode()
    assert customer.me()["state"] == "new"


def test_the_erased_can_begin_again_as_a_stranger(customer: Phone) -> None:
    old_cookie = customer.client.cookies["hequ-bank"].value
    customer.form("privacy/erase/", sure="yes")
    customer.client.cookies["hequ-bank"] = old_cookie

    begun = customer.start()

    assert begun["state"] == "playing"
    assert begun["view"]["answered"] == 0


@pytest.mark.parametrize("path", ["mine/", "privacy/", "privacy/withdraw/"])
def test_personal_pages_are_kept_by_no_cache(customer: Phone, path: str) -> None:
    """Security 65."""
    shown: Any = customer.get(path) if path != "privacy/withdraw/" else customer.form(path, purpose="tips")

    assert "no-store" in shown["Cache-Control"]


def test_erasing_twice_is_no_fault_and_leaves_no_code(customer: Phone) -> None:
    old_cookie = customer.client.cookies["hequ-bank"].value
    customer.form("privacy/erase/", sure="yes")
    customer.client.cookies["hequ-bank"] = old_cookie

    again = customer.form("privacy/erase/", sure="yes")

    assert again.status_code == 302
    assert "这里还没有服务" in customer.get("mine/").content.decode()


def test_two_receipts_of_one_moment_have_two_numbers() -> None:
    """An id begins with the time: its first signs are the same for a minute."""
    first, second = new_id(), new_id()

    assert receipt_number(first) != receipt_number(second)
    assert str(first)[:8] == str(second)[:8]
