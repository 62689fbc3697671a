"""Customers for tests: pseudonyms, consents and proven numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import transaction

from kernel.actor import SYSTEM, Actor
from kernel.sealed import open_text
from privacy.models import Consent, Field, NoticeVersion, OutboundText, Participant
from privacy.usecases import (
    enrol_participant,
    give_consent,
    publish_notice,
    request_phone_code,
    verify_phone,
)
from privacy.usecases.consents import SENTENCE
from privacy.vault import own_key
from tests.cast import NOON

PHONE = "13800138000"


@contextmanager
def refused(error: type[Exception], match: str | None = None) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """The enclosed deed is refused, and its transaction alone is rolled back: the test goes on after it."""
    with pytest.raises(error, match=match) as told, transaction.atomic():
        yield told


def a_participant(now: datetime = NOON) -> Actor:
    """A visitor without a name, as the actor of their own deeds."""
    return Actor(kind="participant", id=enrol_participant(actor=SYSTEM, now=now).id)


def a_notice(
    officer: Actor,
    key: str = "booking",
    fields: Sequence[str] = tuple(Field.values),
    keep_days: int = 90,
) -> NoticeVersion:
    return publish_notice(
        actor=officer,
        key=key,
        title="个人信息告知",
        body=f"为安排您预约的服务，我们需要以下信息。{SENTENCE}。您可以随时撤回。",
        purposes=[{"code": "booking", "sentence": "用于预约并提供您选择的服务"}],
        fields=list(fields),
        keep_days=keep_days,
        now=NOON,
    )


def consent(participant: Actor, notice: NoticeVersion, now: datetime = NOON) -> list[Consent]:
    return give_consent(
        actor=participant,
        notice_id=notice.id,
        purposes=["booking"],
        device_family="iPhone / WeChat",
        now=now,
    )


def texted_code(participant: Actor) -> str:
    """The one-time code in the last text to this participant, as their phone would show it."""
    text = OutboundText.objects.filter(participant_id=participant.id, kind="phone_code").latest(
        "created_at", "id"
    )
    key = own_key(Participant.of(participant.id))
    letter = json.loads(open_text(OutboundText, "sealed", text.id, text.sealed, key=key))
    found = re.search(r"\d{6}", letter["body"])
    assert found
    return found.group()


def a_verified_participant(officer: Actor, *, phone: str = PHONE, at: datetime = NOON) -> Actor:
    """Someone who agreed to the notice and proved a number."""
    participant = a_participant(at)
    notice = NoticeVersion.objects.filter(key="booking").order_by("-number").first() or a_notice(officer)
    consent(participant, notice, at)
    request_phone_code(actor=participant, phone=phone, now=at)
    verify_phone(actor=participant, code=texted_code(participant), now=at)
    return participant
