"""The privacy centre on the phone: see, withdraw, be forgotten (PIPL; issue 2)."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns.live import LiveCampaign
from privacy.models import Consent, Participant
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


def test_consent_is_withdrawn_by_one_tap(customer: Phone) -> None:
    customer.form("privacy/withdraw/", purpose="booking")

    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert "已撤回" in customer.get("privacy/").content.decode()


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
