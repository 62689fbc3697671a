"""Booking an earned service: notice, consent, one-time code, code and QR (F12, F13, F20, F21)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from campaigns.live import LiveCampaign
from kernel.actor import Actor
from kernel.sealed import open_text
from ledger.models import Entry
from privacy.models import Consent, NoticeVersion, OutboundText, Participant
from privacy.vault import own_key
from rewards.models import Appointment, Grant, Slot
from rewards.usecases import revoke_grant
from tenancy.models import Institution
from tests.campaigns.conftest import put_out, ready_quiz
from tests.cast import make_staff
from tests.player.conftest import Phone, publish_booking_notice
from tests.spellings import SPELLINGS

MOBILE = "13800138000"


@pytest.fixture
def winner(phone: Phone, live_quiz: LiveCampaign) -> Phone:
    """A phone whose owner has passed the quiz."""
    phone.play_through(live_quiz)
    return phone


def test_the_form_asks_for_three_things_a_time_and_an_unticked_consent(winner: Phone) -> None:
    page = winner.get(booking_path()).content.decode()

    named = set(re.findall(r'name="(name|phone|need|slot|consent|also_\w+)"', page))
    assert named == {"name", "phone", "need", "slot", "consent", "also_tips"}
    assert "checked" not in page
    assert page.count("姓名、手机号、需求类型、网点和预约时间") == 2, "the notice and what is ticked"
    assert "信息仅用于服务预约，将加密存储" in page


def test_from_form_to_code(winner: Phone) -> None:
    sent = fill(winner)
    assert "138****8000" in sent.content.decode()

    done = confirm(winner, code_sent())

    page = winner.client.get(done["Location"]).content.decode()
    assert re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page)
    assert "<svg" in page
    assert Grant.objects.get().state == "booked"
    assert Appointment.objects.get().need == "wealth"


def test_only_what_was_ticked_is_agreed_to(winner: Phone) -> None:
    """F21, D-ALL-06."""
    fill(winner)

    assert list(Consent.objects.values_list("purpose", flat=True)) == ["booking"]


def test_without_consent_nothing_is_written_and_no_message_goes_out(winner: Phone) -> None:
    refused = fill(winner, consent="")

    assert refused.status_code == 400
    assert "请先阅读并同意告知书" in refused.content.decode()
    assert not Consent.objects.exists()
    assert not OutboundText.objects.exists()


def test_a_consent_to_an_older_text_is_asked_for_again(winner: Phone) -> None:
    """F21."""
    older = NoticeVersion.objects.order_by("-number").first()
    newer = NoticeVersion.objects.create(
        key=older.key, number=older.number + 1, title=older.title, body=older.body, purposes=older.purposes,
        fields=older.fields, keep_days=90, fingerprint="n" * 64, published_at=older.published_at,
    )  # fmt: skip

    refused = fill(winner, notice=str(older.id))

    assert refused.status_code == 409
    assert "告知内容已更新" in refused.content.decode()
    assert str(newer.id) in refused.content.decode()


def test_a_form_without_the_need_asks_for_none(
    bank: Institution, at_bank: UUID, marketer: Actor, another_phone: Any, phone: Phone
) -> None:
    """What was not approved is not on the page, and not looked at when it is sent."""
    fields = ["name", "phone", "branch", "time"]
    publish_booking_notice(fields, officer=make_staff("gao.zhi", "compliance").actor)
    quiz = ready_quiz(marketer, contact_fields=fields, title="反诈知识小测")
    live = put_out(quiz, marketer)
    visitor = Phone(slug=bank.slug, code=live.code, campaign_id=live.id)
    visitor.play_through(live)
    page = visitor.get(booking_path()).content.decode()

    fill(visitor)
    done = confirm(visitor, code_sent())

    assert 'name="need"' not in page
    assert "需求类型" not in page
    assert "done=1" in done["Location"]
    assert Appointment.objects.get().need == ""


def test_a_notice_that_names_other_fields_closes_the_form(winner: Phone) -> None:
    publish_booking_notice(["name", "phone"], officer=make_staff("gao.zhi", "compliance").actor)

    refused = winner.get(booking_path())

    assert refused.status_code == 409
    assert "暂时不能预约" in refused.content.decode()
    assert 'name="phone"' not in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "😀"),
        ("name", "a\x00b"),
        ("name", "张" * 500),
        ("phone", "123"),
        ("phone", "十三八"),
        ("phone", "📱"),
        ("need", "stocks"),
        ("slot", "yesterday"),
        ("consent", "no"),
    ],
)
def test_a_wrong_field_is_marked_and_nothing_goes_out(winner: Phone, field: str, value: str) -> None:
    refused = fill(winner, **{field: value})

    page = refused.content.decode()
    assert refused.status_code == 400
    assert f'id="{field}-fault"' in page
    assert not OutboundText.objects.exists()


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_a_texted_code_counts_however_it_is_typed(winner: Phone, spelt: Callable[[str], str]) -> None:
    """Issue 8, 23."""
    fill(winner)

    confirm(winner, spelt(code_sent()))

    assert Grant.objects.get().state == "booked"


def test_a_wrong_code_says_how_many_tries_are_left(winner: Phone) -> None:
    fill(winner)
    wrong = "000000" if code_sent() != "000000" else "111111"

    refused = confirm(winner, wrong)

    assert refused.status_code == 400
    assert "还可以再试 4 次" in refused.content.decode()
    assert Grant.objects.get().state == "granted"


@pytest.mark.parametrize("typed", ["", "😀", "1" * 200, "\x00", "１２３"])
def test_nonsense_for_a_code_is_refused_kindly(winner: Phone, typed: str) -> None:
    fill(winner)

    refused = confirm(winner, typed)

    assert refused.status_code in (400, 410)
    assert 'id="code-fault"' in refused.content.decode()


def test_a_second_code_within_a_minute_is_refused(winner: Phone) -> None:
    """Security 5."""
    fill(winner)

    refused = fill(winner)

    assert refused.status_code == 429


def test_a_double_tap_books_once_and_both_see_the_code(winner: Phone) -> None:
    fill(winner)
    code = code_sent()

    first, second = confirm(winner, code), confirm(winner, code)

    assert first["Location"].removesuffix("?done=1") == second["Location"]
    assert Appointment.objects.count() == 1


def test_a_time_taken_meanwhile_is_said_and_the_number_stays_proven(winner: Phone) -> None:
    fill(winner)
    Slot.objects.update(taken=2)

    refused = confirm(winner, code_sent())

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "请换一个时间" in page
    assert "已验证手机号：138****8000" in page


def test_a_proven_number_needs_no_second_message(winner: Phone) -> None:
    fill(winner)
    Slot.objects.update(taken=2)
    confirm(winner, code_sent())
    Slot.objects.update(taken=0)

    done = fill(winner)

    assert done.status_code == 302
    assert Grant.objects.get().state == "booked"


def test_a_cancelled_time_can_be_booked_again(winner: Phone) -> None:
    fill(winner)
    confirm(winner, code_sent())

    winner.form(f"ticket/{Grant.objects.get().id}/cancel/")

    assert Grant.objects.get().state == "granted"
    assert "预约服务" in winner.get("mine/").content.decode()


def test_a_stranger_sees_neither_form_nor_code(winner: Phone, another_phone: Any) -> None:
    """Security 22."""
    stranger = another_phone()
    stranger.start()

    assert stranger.get(booking_path()).status_code == 404
    assert stranger.get(f"ticket/{Grant.objects.get().id}/").status_code == 404


def test_no_name_number_or_code_reaches_an_address_the_ledger_or_the_cache(winner: Phone) -> None:
    fill(winner)
    done = confirm(winner, code_sent())
    page = winner.client.get(done["Location"]).content.decode()
    code = re.findall(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page)[0]

    told = str(list(Entry.objects.values_list("data", flat=True))) + done["Location"] + cached_keys()

    for secret in (MOBILE, "张三丰", code, code.replace("-", "")):
        assert secret not in told
    assert MOBILE not in page


def cached_keys() -> str:
    return str(cache._cache.get_client().keys())  # type: ignore[attr-defined]  # Django's own redis client


def booking_path() -> str:
    return f"book/{Grant.objects.get().id}/"


def fill(winner: Phone, /, **changes: str) -> Any:
    fields = {
        "step": "details",
        "name": "张三丰",
        "phone": MOBILE,
        "need": "wealth",
        "slot": str(Slot.objects.order_by("starts_at").first().id),
        "notice": str(NoticeVersion.objects.order_by("-number").first().id),
        "consent": "yes",
        **changes,
    }
    return winner.form(booking_path(), **fields)


def confirm(phone: Phone, code: str) -> Any:
    slot = str(Slot.objects.order_by("starts_at").first().id)
    fields = {"name": "张三丰", "phone": MOBILE, "need": "wealth", "slot": slot}
    return phone.form(booking_path(), step="code", code=code, **fields)


def code_sent() -> str:
    """The six digits, read as the text-message carrier reads them."""
    text = OutboundText.objects.filter(kind="phone_code").order_by("-created_at").first()
    owner: Participant = text.participant
    plain = open_text(OutboundText, "sealed", text.id, text.sealed, key=own_key(owner))
    found = re.search(r"(?<!\d)\d{6}(?!\d)", plain)
    assert found
    return found[0]


def test_without_the_counter_no_message_goes_out(winner: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Security 59: closed, not open."""

    def silent(*_asked: object, **_named: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", silent)

    refused = fill(winner)

    assert refused.status_code == 503
    assert not OutboundText.objects.exists()


def test_a_right_code_is_used_even_where_a_new_one_was_asked_for(winner: Phone) -> None:
    """Enter on a page loaded before pressed "send again": the code typed beside it counts."""
    fill(winner)
    slot = str(Slot.objects.order_by("starts_at").first().id)

    done = winner.form(
        booking_path(), step="code", code=code_sent(), again="yes",
        name="张三丰", phone=MOBILE, need="wealth", slot=slot,
    )  # fmt: skip

    assert "done=1" in done["Location"]
    assert OutboundText.objects.filter(kind="phone_code").count() == 1


def test_a_form_sent_twice_goes_on_to_the_code_that_is_on_its_way(winner: Phone) -> None:
    """The first answer was lost on the way: the code was sent, and what was typed is there."""
    fill(winner)

    again = fill(winner)

    page = again.content.decode()
    assert again.status_code == 429
    assert 'id="code"' in page
    assert 'value="张三丰"' in page


def test_a_counter_that_does_not_answer_leaves_the_form_as_it_was(
    winner: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_asked: object, **_named: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as away:
        away.setattr(cache, "add", silent)
        details = fill(winner)
    fill(winner)
    with monkeypatch.context() as away:
        away.setattr(cache, "add", silent)
        code = confirm(winner, "123456")

    assert (details.status_code, code.status_code) == (503, 503)
    assert 'value="张三丰"' in details.content.decode()
    assert f'value="{MOBILE}"' in details.content.decode()
    assert 'value="123456"' in code.content.decode()


def test_a_database_that_restarts_is_said_and_the_form_can_be_sent_again(
    winner: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_asked: object, **_named: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("campaigns.player.booking.ticket_of", away)

    refused = fill(winner)

    page = refused.content.decode()
    assert refused.status_code == 503
    assert "再试一次，内容不用重填" in page
    assert 'name="name" value="张三丰"' in page
    assert "server closed" not in page


def test_a_code_that_was_used_is_no_longer_announced_as_just_booked(winner: Phone) -> None:
    """The address a booking led to stays in the browser; what has ended meanwhile is said alone."""
    fill(winner)
    confirm(winner, code_sent())
    ticket = f"ticket/{Grant.objects.get().id}/?done=1"
    before = winner.get(ticket).content.decode()

    officer = make_staff("guan.li", "administrator").actor
    revoke_grant(actor=officer, grant_id=Grant.objects.get().id, reason="mistake", now=timezone.now())

    after = winner.get(ticket).content.decode()
    assert "预约成功" in before
    assert "预约成功" not in after
    assert "已撤销" in after
