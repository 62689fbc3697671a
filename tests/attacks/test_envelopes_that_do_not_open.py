"""One envelope that does not open takes nothing else along: the rest shows, and somebody is told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from ledger.models import Entry
from privacy.models import Participant
from privacy.usecases import report_unreadable
from rewards.issued import issued_grants
from rewards.models import Grant
from tenancy.models import StaffNotice
from tests.cast import NOON, ONE_DAY
from tests.desk import signed_in
from tests.rewards.visits import a_booking

pytestmark = pytest.mark.django_db


def test_one_envelope_that_does_not_open_takes_nothing_else_along(at_bank, officer, administrator, auditor):
    person = a_booking(officer, administrator)[0]
    row = Participant.objects.get(id=person.id)
    spoilt = bytes(row.phone[:-1]) + bytes([row.phone[-1] ^ 1])
    Participant.objects.filter(id=person.id).update(phone=spoilt)
    desk = signed_in(auditor)

    answers = [desk.get(reverse("privacy:person", args=[person.id])) for _twice in range(2)]
    shown = answers[0].content.decode()

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "张**" in shown
    assert "手机号无法解密" in shown
    assert "iPhone / WeChat" in shown, "the consents are there"
    assert Entry.objects.filter(verb="privacy.unreadable", data__fields=["phone"]).count() == 1
    told = StaffNotice.objects.get(kind="privacy.unreadable", recipient_id=officer.id)
    assert told.subject_id == person.id
    assert signed_in(officer).get(reverse("tenancy:notices")).status_code == 200


def test_what_does_not_open_is_written_down_once_a_day(at_bank, officer, administrator):
    person = a_booking(officer, administrator)[0]
    for at in (NOON, NOON + ONE_DAY / 2, NOON + ONE_DAY):
        report_unreadable(actor=officer, participant_id=person.id, fields=("phone",), now=at)
    report_unreadable(actor=officer, participant_id=person.id, fields=(), now=NOON + 3 * ONE_DAY)

    assert Entry.objects.filter(verb="privacy.unreadable", subject_id=person.id).count() == 2


def test_nor_does_it_stop_the_lists_it_stands_in(at_bank, officer, administrator, clerk):
    spoilt, sound = (
        a_booking(officer, administrator, phone=phone)[0] for phone in ("13800138000", "13900139000")
    )
    Participant.objects.filter(id=spoilt.id).update(name=b"\x01" * 60, wrapped_key=b"\x01" * 90)

    shown = signed_in(clerk).get(reverse("rewards:appointments"), {"branch": "all"}).content.decode()
    people = {each.person.id: each.person for each in issued_grants().rows}

    assert "信息无法解密" in shown
    assert people[spoilt.id].unreadable == ("name", "phone")
    assert people[sound.id].phone == "139****9000"
    assert Grant.objects.count() == 2
