"""A booking is found again in another browser, by number and one-time code, and nobody learns whose it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from campaigns.live import LiveCampaign
from kernel.sealed import open_text
from privacy.models import NoticeVersion, OutboundText, PhoneCode
from privacy.vault import own_key
from rewards.models import Grant
from tests.player.conftest import Phone
from tests.player.test_booking import MOBILE, code_sent, confirm, fill

STRANGER = "13912345678"


@pytest.fixture
def customer(phone: Phone, live_quiz: LiveCampaign) -> Phone:
    """A phone whose owner has booked, a while ago."""
    phone.play_through(live_quiz)
    fill(phone)
    confirm(phone, code_sent())
    PhoneCode.objects.update(created_at=timezone.now() - timedelta(hours=2))
    return phone


def ask(phone: Phone, number: str = MOBILE, **changes: str) -> Any:
    notice = str(NoticeVersion.objects.order_by("-number").first().id)
    typed = {"step": "phone", "phone": number, "notice": notice, "consent": "yes", **changes}
    return phone.form("mine/recover/", **typed)


def prove(phone: Phone, code: str, number: str = MOBILE, **changes: str) -> Any:
    return phone.form("mine/recover/", step="code", phone=number, code=code, **changes)


def test_a_booking_is_found_again_in_another_browser(
    customer: Phone, another_phone: Callable[[], Phone]
) -> None:
    other = another_phone()
    assert "用手机号找回" in other.get("mine/").content.decode()

    ask(other)
    found = prove(other, code_sent())

    page = other.client.get(found["Location"]).content.decode()
    assert "出示核销码" in page
    assert other.get(f"ticket/{Grant.objects.get().id}/").status_code == 200
    assert customer.get(f"ticket/{Grant.objects.get().id}/").status_code == 200, "the first browser keeps it"


def test_a_number_without_a_booking_is_answered_alike(
    customer: Phone, another_phone: Callable[[], Phone]
) -> None:
    known, unknown = ask(another_phone(), MOBILE), ask(another_phone(), STRANGER)

    assert (known.status_code, plain(known, MOBILE)) == (unknown.status_code, plain(unknown, STRANGER))
    assert OutboundText.objects.filter(kind="phone_code").count() == 3


def test_a_number_that_was_texted_a_moment_ago_is_answered_alike(
    customer: Phone, another_phone: Callable[[], Phone]
) -> None:
    """Its pace would tell that somebody uses it here."""
    ask(another_phone(), MOBILE)

    paced, fresh = another_phone(), another_phone()
    answers = ask(paced, MOBILE), ask(fresh, STRANGER)
    wrong = "000000" if code_sent() != "000000" else "111111"
    tries = prove(paced, wrong, MOBILE), prove(fresh, wrong, STRANGER)

    assert plain(answers[0], MOBILE) == plain(answers[1], STRANGER)
    assert (tries[0].status_code, plain(tries[0], MOBILE)) == (
        tries[1].status_code,
        plain(tries[1], STRANGER),
    )


def test_only_the_owner_of_the_number_learns_that_nothing_is_there(
    customer: Phone, another_phone: Callable[[], Phone]
) -> None:
    other = another_phone()
    ask(other, STRANGER)

    found = prove(other, code_sent(), STRANGER)

    assert "该号码下没有权益或预约" in other.client.get(found["Location"]).content.decode()


def test_the_pace_of_one_browser_is_told(customer: Phone, another_phone: Callable[[], Phone]) -> None:
    other = another_phone()

    answers = [ask(other, f"139{n:08d}").status_code for n in range(12)]

    assert answers[:2] == [200, 200]
    assert answers[-1] == 428, "a third number of one visitor takes a proof"


def test_without_consent_nothing_goes_out(customer: Phone, another_phone: Callable[[], Phone]) -> None:
    refused = ask(another_phone(), STRANGER, consent="no")

    assert refused.status_code == 400
    assert OutboundText.objects.filter(kind="phone_code").count() == 1


def test_the_confirmation_carries_a_link_and_no_code(customer: Phone) -> None:
    text = OutboundText.objects.get(kind="booking")
    body = open_text(OutboundText, "sealed", text.id, text.sealed, key=own_key(text.participant))

    page = customer.get(f"ticket/{Grant.objects.get().id}/").content.decode()
    code = re.findall(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page)[0]
    assert f"{settings.PUBLIC_URL}{customer.home}mine/" in body
    assert code not in body
    assert code.replace("-", "") not in body


def plain(answer: Any, number: str) -> str:
    """The page without what differs by the visitor's own doing."""
    page = answer.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return page.replace(number, "N").replace(f"{number[:3]}****{number[-4:]}", "N")
