"""The privacy desk's pages: F21, F25, F26, F53, F54."""

from __future__ import annotations

import pytest
from django.urls import reverse

from ledger.models import Entry
from privacy.models import KeyRotation, NoticeVersion, Participant
from privacy.usecases.consents import SENTENCE
from tests.cast import NOON
from tests.desk import signed_in
from tests.privacy.people import PHONE, a_notice, a_verified_participant
from tests.rewards.visits import a_booking

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(at_bank, officer, administrator):
    return a_booking(officer, administrator)[0]


def test_a_customer_is_found_by_number_and_shown_masked(customer, officer):
    desk = signed_in(officer)

    page = desk.post(reverse("privacy:overview"), {"phone": "138 0013 8000"}).content.decode()
    nobody = desk.post(reverse("privacy:overview"), {"phone": "13900139000"}).content.decode()
    nonsense = desk.post(reverse("privacy:overview"), {"phone": "12"})

    assert "张** 138 **** 8000" in page
    assert str(customer.id) in page
    assert "没有用这个号码验证过的客户" in nobody
    assert (nonsense.status_code, PHONE in nonsense.content.decode()) == (200, False)


def test_the_file_shows_consent_and_who_read(customer, officer):
    desk = signed_in(officer)
    wish = {"field": "name", "purpose": "complaint"}

    shown = desk.post(reverse("privacy:reveal", args=[customer.id]), wish, content_type="application/json")
    page = desk.get(reverse("privacy:person", args=[customer.id])).content.decode()

    assert shown.json() == {"value": "张三丰"}
    assert "张三丰" not in page
    assert "周衡 查看了姓名：处理投诉" in page
    assert "iPhone / WeChat" in page
    assert Entry.objects.filter(verb="privacy.revealed").count() == 1


def test_service_staff_do_not_read_just_anyone(customer, clerk, auditor):
    wish = {"field": "name", "purpose": "service"}
    address = reverse("privacy:reveal", args=[customer.id])

    assert signed_in(clerk).post(address, wish, content_type="application/json").status_code == 403
    assert signed_in(auditor).post(address, wish, content_type="application/json").status_code == 403
    assert signed_in(clerk).get(reverse("privacy:person", args=[customer.id])).status_code == 403
    assert signed_in(auditor).get(reverse("privacy:person", args=[customer.id])).status_code == 200


def test_a_request_is_held_released_and_carried_out(customer, officer):
    desk = signed_in(officer)
    at = [customer.id]

    desk.post(reverse("privacy:hold", args=at), {"reason": "投诉处理中"})
    desk.post(reverse("privacy:forget", args=at))
    held = Participant.of(customer.id)
    desk.post(reverse("privacy:release", args=at))
    desk.post(reverse("privacy:forget", args=at))

    assert (held.state, held.legal_hold) == ("verified", "投诉处理中")
    assert Participant.of(customer.id).state == "forgotten"
    assert "已删除的客户" in desk.get(reverse("privacy:person", args=at)).content.decode()
    assert "本人请求" in desk.get(reverse("privacy:overview")).content.decode()


def test_a_notice_is_published_as_a_new_version_and_needs_the_sentence(at_bank, officer):
    a_notice(officer)
    desk = signed_in(officer)
    wish = {
        "key": "booking", "title": "个人信息告知", "body": "我们收集以下信息。", "purpose": "用于预约",
        "fields_asked": ["name", "phone", "need"], "keep_days": 60,
    }  # fmt: skip

    refused = desk.post(reverse("privacy:notice_add"), wish)
    published = desk.post(reverse("privacy:notice_add"), wish | {"body": f"我们收集以下信息。{SENTENCE}。"})

    assert (refused.status_code, published.status_code) == (400, 302)
    assert NoticeVersion.objects.filter(key="booking").count() == 2
    latest = NoticeVersion.objects.latest("number")
    assert desk.get(reverse("privacy:notice", args=[latest.id])).status_code == 200
    assert SENTENCE in desk.get(reverse("privacy:notice_add") + "?key=booking").content.decode()


def test_the_administrator_starts_a_rotation_once(customer, administrator, officer):
    desk = signed_in(administrator)
    wish = {"purpose": "seal", "algorithm": "SM4_GCM"}

    desk.post(reverse("privacy:keys"), wish)
    again = desk.post(reverse("privacy:keys"), wish, follow=True)

    assert KeyRotation.objects.count() == 1
    assert "尚未完成" in again.content.decode()
    assert "SM4-GCM" in again.content.decode()
    assert signed_in(officer).get(reverse("privacy:keys")).status_code == 403


def test_an_outsider_finds_nobody_and_no_notice(customer, outsider, insurer):
    desk = signed_in(outsider)
    notice = NoticeVersion.objects.get()

    assert desk.get(reverse("privacy:notice", args=[notice.id])).status_code == 404
    for name in ("person", "hold", "release", "forget"):
        address = reverse(f"privacy:{name}", args=[customer.id])
        answer = desk.get(address) if name == "person" else desk.post(address, {"reason": "x"})
        assert answer.status_code == 404
    answer = desk.post(
        reverse("privacy:reveal", args=[customer.id]), {"field": "name", "purpose": "complaint"},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 404
    assert "张**" not in desk.post(reverse("privacy:overview"), {"phone": PHONE}).content.decode()
    assert Participant.of(customer.id).state == "verified"


def test_the_desk_in_english_has_no_untranslated_word(customer, officer):
    a_verified_participant(officer, phone="13900139000", at=NOON)
    desk = signed_in(officer)

    page = desk.get(reverse("privacy:overview"), headers={"accept-language": "en"}).content.decode()

    assert page
