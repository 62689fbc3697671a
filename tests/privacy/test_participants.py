"""F20, F21, F24, F54: what a person gives is sealed, agreed to, and shown masked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.crypto import CryptoFailure, NotAPhoneNumber
from kernel.errors import TooMany
from kernel.scope import scope
from kernel.sealed import NotSealed
from ledger.models import Entry
from privacy.errors import ConsentMissing, Forgotten, PhoneNotVerified
from privacy.models import OutboundText, Participant, PhoneCode
from privacy.queries import masked, person_file, same_person
from privacy.usecases import (
    forget_me,
    give_consent,
    request_phone_code,
    verify_phone,
    withdraw_consent,
    write_name,
)
from privacy.usecases.consents import NoticeIncomplete, NoticeOutdated, PurposeUnknown, publish_notice
from privacy.usecases.participants import NotAName
from privacy.usecases.phones import PhoneCodeSpent, PhoneCodeWrong, check_phone_code
from privacy.vault import name_of, phone_of
from tests.cast import NOON
from tests.privacy.people import (
    PHONE,
    a_notice,
    a_participant,
    a_verified_participant,
    consent,
    refused,
    texted_code,
)

pytestmark = pytest.mark.django_db


def test_a_number_is_asked_for_only_after_consent(at_bank):
    participant = a_participant()

    with pytest.raises(ConsentMissing):
        request_phone_code(actor=participant, phone=PHONE, now=NOON)


def test_a_proven_number_and_a_name_are_sealed_and_shown_masked(at_bank, officer):
    participant = a_verified_participant(officer)

    write_name(actor=participant, name=" 张三丰 ", now=NOON)

    row = Participant.of(participant.id)
    assert (name_of(row), phone_of(row)) == ("张三丰", "+86" + PHONE)
    assert (masked(row).name, masked(row).phone) == ("张**", "138****8000")
    assert "张三丰".encode() not in row.name
    assert PHONE.encode() not in row.phone + row.phone_index


def test_a_value_moved_to_another_person_does_not_open(at_bank, officer):
    first = Participant.of(a_verified_participant(officer).id)
    second = Participant.of(a_verified_participant(officer, phone="13900139000").id)

    second.phone = first.phone

    with pytest.raises(CryptoFailure):
        phone_of(second)


def test_plaintext_is_refused_by_the_column(at_bank):
    row = Participant.of(a_participant().id)
    row.name = b"Zhang San"

    with pytest.raises(NotSealed):
        row.save(update_fields=["name"])


def test_nothing_personal_can_stand_without_a_key(at_bank, officer):
    participant = a_verified_participant(officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=participant.id).update(wrapped_key=None, wrapped_under=None)


def test_a_code_works_once(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)
    code = texted_code(participant)
    verify_phone(actor=participant, code=code, now=NOON)

    with pytest.raises(PhoneCodeSpent):
        verify_phone(actor=participant, code=code, now=NOON)


def test_five_wrong_tries_close_a_code(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)
    code = texted_code(participant)
    wrong = "000000" if code != "000000" else "000001"

    left = []
    for _ in range(4):
        with pytest.raises(PhoneCodeWrong) as refused:
            verify_phone(actor=participant, code=wrong, now=NOON)
        left.append(refused.value.details["left"])

    assert left == [4, 3, 2, 1], "never “0 more tries”"
    with pytest.raises(PhoneCodeSpent):
        verify_phone(actor=participant, code=wrong, now=NOON)
    with pytest.raises(PhoneCodeSpent):
        verify_phone(actor=participant, code=code, now=NOON)


def test_a_code_ends_after_ten_minutes(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)

    with pytest.raises(PhoneCodeSpent):
        verify_phone(actor=participant, code=texted_code(participant), now=NOON + timedelta(minutes=10))


@pytest.mark.parametrize("typed", ["", "abc", "１２３４５６７", "😀" * 200, "\x00"])
def test_nonsense_is_a_wrong_code_and_no_crash(at_bank, officer, typed):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)

    with pytest.raises(PhoneCodeWrong):
        verify_phone(actor=participant, code=typed, now=NOON)


def test_codes_are_not_sent_faster_than_one_a_minute_nor_more_than_five_a_day(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)

    with refused(TooMany) as soon:
        request_phone_code(actor=participant, phone=PHONE, now=NOON + timedelta(seconds=59))
    for minute in range(1, 5):
        request_phone_code(actor=participant, phone=PHONE, now=NOON + timedelta(minutes=minute))
    with refused(TooMany):
        request_phone_code(actor=participant, phone=PHONE, now=NOON + timedelta(minutes=9))

    assert soon.value.details["seconds"] == 2
    assert PhoneCode.objects.filter(closed_at=None).count() == 1


def test_another_visitor_cannot_flood_the_same_number(at_bank, officer):
    notice = a_notice(officer)
    first, second = a_participant(), a_participant()
    consent(first, notice)
    consent(second, notice)
    request_phone_code(actor=first, phone=PHONE, now=NOON)

    with refused(TooMany):
        request_phone_code(actor=second, phone="+86 138 0013 8000", now=NOON + timedelta(seconds=5))


def test_a_bad_number_is_refused_before_anything_is_written(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))

    with refused(NotAPhoneNumber):
        request_phone_code(actor=participant, phone="12345", now=NOON)

    assert OutboundText.objects.count() == 0


def test_two_visits_with_one_number_are_one_person(at_bank, officer):
    first = a_verified_participant(officer)
    second = a_verified_participant(officer, at=NOON + timedelta(minutes=5))
    other = a_verified_participant(officer, phone="13900139000")

    assert same_person(first.id) == same_person(second.id) == [first.id, second.id]
    assert same_person(other.id) == [other.id]


def test_a_name_needs_a_proven_number(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))

    with pytest.raises(PhoneNotVerified):
        write_name(actor=participant, name="张三", now=NOON)


@pytest.mark.parametrize("name", ["", "  ", "张" * 41, "张3", "<b>张</b>", "张\x00三", "😀", "·"])
def test_what_is_no_name_is_refused(at_bank, officer, name):
    participant = a_verified_participant(officer)

    with pytest.raises(NotAName):
        write_name(actor=participant, name=name, now=NOON)


@pytest.mark.parametrize("name", ["张三", "买买提·艾合买提", "欧阳 娜娜", "Anne-Marie O'Neil", "ཚེ་རིང"])
def test_names_of_every_people_are_welcome(at_bank, officer, name):
    participant = a_verified_participant(officer)

    write_name(actor=participant, name=name, now=NOON)

    assert name_of(Participant.of(participant.id))


def test_a_notice_without_the_sentence_is_refused(at_bank, officer):
    """F21."""
    with pytest.raises(NoticeIncomplete):
        publish_notice(
            actor=officer, key="booking", title="告知", body="我们会保护您的信息。",
            purposes=[{"code": "booking", "sentence": "用于服务预约"}], fields=["phone"],
            keep_days=90, now=NOON,
        )  # fmt: skip


def test_only_three_fields_may_be_asked(at_bank, officer):
    """F20."""
    with pytest.raises(NoticeIncomplete):
        a_notice(officer, fields=["name", "phone", "identity_card"])


def test_consent_to_an_old_text_is_refused_and_the_record_shows_text_time_device(at_bank, officer):
    participant = a_participant()
    old = a_notice(officer)
    new = a_notice(officer)

    with refused(NoticeOutdated):
        consent(participant, old)
    with refused(PurposeUnknown):
        give_consent(
            actor=participant,
            notice_id=new.id,
            purposes=["marketing"],
            device_family="iPhone / WeChat",
            now=NOON,
        )
    [given] = consent(participant, new)

    assert (given.text_fingerprint, given.given_at, given.device_family) == (
        new.fingerprint, NOON, "iPhone / WeChat",
    )  # fmt: skip


def test_neither_notice_nor_consent_can_be_rewritten(at_bank, officer):
    notice = a_notice(officer)
    [given] = consent(a_participant(), notice)

    for sql in (
        "UPDATE privacy_noticeversion SET body = 'x'",
        "DELETE FROM privacy_noticeversion",
        "UPDATE privacy_consent SET given_at = now()",
        "DELETE FROM privacy_consent",
        "DELETE FROM privacy_reveal",
        "UPDATE privacy_destruction SET reason = 'x'",
    ):
        with pytest.raises(Exception, match=r"permission denied|immutable"), transaction.atomic():
            connection.cursor().execute(sql)
    assert given.pk


def test_withdrawing_ends_every_consent_to_the_purpose(at_bank, officer):
    participant = a_verified_participant(officer)

    assert withdraw_consent(actor=participant, purpose="booking", now=NOON) == 1
    assert withdraw_consent(actor=participant, purpose="booking", now=NOON) == 0

    file = person_file(participant.id)
    assert file.consents[0].withdrawn_at == NOON
    assert file.keep_until == NOON


def test_a_forgotten_person_is_gone_under_every_pseudonym(at_bank, officer):
    first = a_verified_participant(officer)
    second = a_verified_participant(officer, at=NOON + timedelta(minutes=5))

    certificate = forget_me(actor=second, now=NOON)

    assert set(certificate.participants) == {str(first.id), str(second.id)}
    assert certificate.emptied["phones"] == 2
    for each in (first, second):
        row = Participant.of(each.id)
        assert (row.wrapped_key, row.name, row.phone, row.phone_index) == (None, None, None, None)
        with refused(Forgotten):
            write_name(actor=each, name="张三", now=NOON)
    assert not OutboundText.objects.filter(sealed__isnull=False).exists()


def test_the_ledger_holds_no_name_number_or_code(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)
    code = texted_code(participant)
    verify_phone(actor=participant, code=code, now=NOON)
    write_name(actor=participant, name="张三丰", now=NOON)

    written = " ".join(f"{entry.verb} {entry.data}" for entry in Entry.objects.all())

    assert "privacy.phone_verified" in written
    assert not any(secret in written for secret in (PHONE, "张三丰", code))


def test_an_outsider_finds_nobody(at_bank, officer, insurer, outsider):
    participant = a_verified_participant(officer)

    with scope(insurer.id), refused(Participant.DoesNotExist):
        Participant.of(participant.id)
    with scope(insurer.id), refused(Participant.DoesNotExist):
        write_name(actor=participant, name="张三", now=NOON)


def test_a_wrong_try_is_an_answer_inside_and_a_refusal_outside(at_bank, officer):
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)

    check = check_phone_code(actor=participant, code="x", now=NOON)

    assert (check.outcome, check.left, check.participant) == ("wrong", 4, None)
    assert PhoneCode.objects.get().tries == 1
    assert Entry.objects.filter(verb="privacy.phone_code_wrong").count() == 1
