"""Proving that a number is one's own: a one-time code by text message."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Q

from kernel import keyring
from kernel.actor import Actor, Ref
from kernel.crypto import normal_phone
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.key_models import InstitutionKey
from kernel.scope import current_institution
from kernel.sealed import open_text, seal_text
from kernel.typed import typed_code
from ledger.record import record
from privacy.errors import ConsentMissing, NumberPaced
from privacy.models import Field, Participant, PhoneCode
from privacy.queries import has_consented
from privacy.usecases.participants import open_participant
from privacy.usecases.text_ceilings import refuse_paused
from privacy.usecases.texts import CODE, write_text
from privacy.vault import give_key, own_key, phone_of
from tenancy.scope import institution_of
from tenancy.usecase import usecase

VALID = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=60)
MOST_TRIES = 5
MOST_PER_NUMBER = 5
MOST_PER_PARTICIPANT = 10
DAY = timedelta(days=1)


class PhoneCodeWrong(DomainError):
    """Not the code that was sent; `left` tries remain."""

    code = "phone_code_wrong"
    status = 400
    zh = "验证码不正确，还可以再试 {left} 次。"
    en = "The code is not right. Tries left: {left}."


class PhoneCodeSpent(DomainError):
    """No code is open: expired, used, tried too often, or never asked for."""

    code = "phone_code_spent"
    status = 410
    zh = "验证码已失效，请重新获取。"
    en = "The code is no longer valid. Please ask for a new one."


class NumberProven(DomainError):
    """This visitor proved another number before; who could let go of it would be a new person each time."""

    code = "number_proven"
    zh = "您已验证过手机号，不能在此更换；如需更换请致电客服。"
    en = "You have proven a number already. To change it, please call us."


class _Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Check:
    """How one try went; a wrong try is remembered, so it is no exception inside the transaction."""

    outcome: _Outcome
    left: int = 0
    participant: Participant | None = None


@usecase(by="participant")
def request_phone_code(
    *, actor: Actor, phone: str, campaign_id: UUID | None = None, now: datetime
) -> PhoneCode:
    """Write a one-time code for the number and the text message that carries it. An older code ends.

    Raises NotAPhoneNumber, ConsentMissing, NumberProven, TextsPaused, NumberPaced, Forgotten.
    """
    number = normal_phone(phone)
    participant = open_participant(actor.id)
    if phone_of(participant) not in ("", number):
        raise NumberProven
    if not has_consented(participant.id, Field.PHONE):
        raise ConsentMissing
    refuse_paused(phone=number, campaign_id=campaign_id, now=now)
    index, _ = keyring.index_value(number, kind="phone", now=now)
    _lock_number(index)
    _refuse_too_many(participant.id, index, now=now)

    PhoneCode.objects.filter(participant=participant, closed_at=None).update(
        closed_at=now, digest=None, phone=None
    )
    fresh = participant.wrapped_key is None
    key = give_key(participant, now=now)
    if fresh:
        participant.save(update_fields=["wrapped_key", "wrapped_under"])
    code_id, digits = new_id(), f"{secrets.randbelow(1_000_000):06d}"
    phone_code: PhoneCode = PhoneCode.objects.create(
        id=code_id,
        participant=participant,
        phone=seal_text(PhoneCode, "phone", code_id, number, key=key),
        phone_index=index,
        digest=_digest(code_id, digits, now=now),
        created_at=now,
        expires_at=now + VALID,
    )
    institution = institution_of(current_institution())
    write_text(
        actor=actor,
        participant_id=participant.id,
        campaign_id=campaign_id,
        kind=CODE,
        phone=number,
        body=f"【{institution.name}】验证码 {digits}，10 分钟内有效。工作人员不会索要验证码，请勿告知他人。",
        useless_after=phone_code.expires_at,
        now=now,
    )

    record("privacy.phone_code_asked", actor=actor, subject=Ref("participant", participant.id), at=now)
    return phone_code


def verify_phone(*, actor: Actor, code: str, now: datetime) -> Participant:
    """The participant with the number proven. A wrong try counts, also when the answer is a refusal.

    Raises PhoneCodeWrong, PhoneCodeSpent, Forgotten.
    """
    check = check_phone_code(actor=actor, code=code, now=now)
    if check.outcome is _Outcome.WRONG:
        raise PhoneCodeWrong(left=check.left)
    if check.participant is None:
        raise PhoneCodeSpent
    return check.participant


@usecase(by="participant", may_do_nothing=True)
def check_phone_code(*, actor: Actor, code: str, now: datetime) -> Check:
    """One try at the open code; the fifth wrong one closes it, and is told as spent. Raises Forgotten."""
    participant = open_participant(actor.id)
    phone_code = (
        PhoneCode.objects.select_for_update()
        .filter(participant=participant, closed_at=None, expires_at__gt=now, tries__lt=MOST_TRIES)
        .order_by("-created_at")
        .first()
    )
    if phone_code is None:
        return Check(_Outcome.SPENT)

    digest = _digest(phone_code.id, typed_code(code), now=now)
    if not hmac.compare_digest(bytes(phone_code.digest), digest):
        return _wrong_try(actor, phone_code, now=now)

    number = open_text(PhoneCode, "phone", phone_code.id, phone_code.phone, key=own_key(participant))
    _close(phone_code, now=now)
    _prove(participant, number, now=now)
    record("privacy.phone_verified", actor=actor, subject=Ref("participant", participant.id), at=now)
    return Check(_Outcome.RIGHT, participant=participant)


def _wrong_try(actor: Actor, phone_code: PhoneCode, *, now: datetime) -> Check:
    PhoneCode.objects.filter(pk=phone_code.pk).update(tries=F("tries") + 1)
    left = MOST_TRIES - phone_code.tries - 1
    if left == 0:
        _close(phone_code, now=now)
    record(
        "privacy.phone_code_wrong", actor=actor, at=now, left=left,
        subject=Ref("participant", phone_code.participant_id),
    )  # fmt: skip
    return Check(_Outcome.WRONG if left else _Outcome.SPENT, left=left)


def _close(phone_code: PhoneCode, *, now: datetime) -> None:
    PhoneCode.objects.filter(pk=phone_code.pk).update(closed_at=now, digest=None, phone=None)


def _prove(participant: Participant, number: str, *, now: datetime) -> None:
    """Write the number and join the pseudonyms of the one person who holds it."""
    index, coming = keyring.index_value(number, kind="phone", now=now)
    _lock_number(index)
    stored = [value for value in (index, coming) if value is not None]
    elder = (
        Participant.objects.filter(Q(phone_index__in=stored) | Q(phone_index_coming__in=stored))
        .exclude(pk=participant.pk)
        .order_by("created_at", "id")
        .first()
    )
    participant.phone = seal_text(Participant, "phone", participant.id, number, key=own_key(participant))
    participant.phone_index, participant.phone_index_coming = index, coming
    participant.state, participant.verified_at = Participant.State.VERIFIED, now
    participant.person_id = elder.person_id if elder else participant.id
    participant.save(
        update_fields=["phone", "phone_index", "phone_index_coming", "state", "verified_at", "person_id"]
    )


def _digest(code_id: UUID, digits: str, *, now: datetime) -> bytes:
    """Keyed, and bound to this very row: a stolen table does not tell six digits."""
    secret = keyring.writing_key(InstitutionKey.Purpose.INDEX, now=now).secret
    return hmac.new(secret, f"phone_code|{code_id}|{digits}".encode(), sha256).digest()


def _lock_number(index: bytes) -> None:
    """One number, one thing at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(index[:8], "big", signed=True)])


def _refuse_too_many(participant_id: UUID, index: bytes, *, now: datetime) -> None:
    """Sixty seconds between two codes, five a day to a number, ten a day for a participant."""
    sent = PhoneCode.objects.filter(created_at__gt=now - DAY).aggregate(
        last=Max("created_at", filter=Q(phone_index=index) | Q(participant_id=participant_id)),
        number=Count("id", filter=Q(phone_index=index)),
        participant=Count("id", filter=Q(participant_id=participant_id)),
    )
    if sent["last"] is not None and now - sent["last"] < AGAIN_AFTER:
        raise NumberPaced(seconds=int((sent["last"] + AGAIN_AFTER - now).total_seconds()) + 1)
    if sent["number"] >= MOST_PER_NUMBER or sent["participant"] >= MOST_PER_PARTICIPANT:
        raise NumberPaced(seconds=int(DAY.total_seconds()))
