"""The first customers of the demo: they play, some pass, some book, one has been served. All by use cases.

Names and numbers are made up, and no text goes anywhere: what they would get is taken out of the outbox here,
as a phone would have shown it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from campaigns.games.base import Move
from campaigns.live import content_of
from campaigns.models import Campaign, Channel
from campaigns.usecases import move_play, record_seen, start_play
from kernel.actor import SYSTEM, Actor
from kernel.scope import current_institution
from privacy.models import NoticeVersion, OutboundText
from privacy.usecases import (
    claim_text,
    enrol_participant,
    give_consent,
    request_phone_code,
    settle_text,
    verify_phone,
)
from rewards.free_times import free_times
from rewards.models import NEEDS_OF, Grant, Need
from rewards.usecases import book_grant, redeem_code
from tenancy.scope import institution_of

BETWEEN = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Visitor:
    """How far one customer goes: answers right, books, has been served."""

    right: bool
    name: str = ""
    phone: str = ""
    need: str = ""
    served: bool = False


VISITORS = (
    Visitor(right=True, name="陈晓明", phone="19900001001", need=Need.WEALTH, served=True),
    Visitor(right=True, name="刘美兰", phone="19900001002", need=Need.SAFETY),
    Visitor(right=False),
    Visitor(right=True, name="古丽·买买提", phone="19900001003", need=Need.DEPOSIT),
    Visitor(right=True),
    Visitor(right=False),
)


def welcome_customers(*, campaign: Campaign, clerk: Actor, now: datetime) -> None:
    """Let the visitors come one after the other; the last of them is here at `now`."""
    channels = list(Channel.objects.filter(campaign=campaign).order_by("key").values_list("key", flat=True))
    for number, visitor in enumerate(VISITORS):
        at = now - BETWEEN * (len(VISITORS) - number)
        channel = channels[number % len(channels)] if channels else ""
        _visit(visitor, campaign, channel, clerk, at)


def _visit(visitor: Visitor, campaign: Campaign, channel: str, clerk: Actor, at: datetime) -> None:
    participant = enrol_participant(actor=SYSTEM, campaign_id=campaign.id, channel=channel, now=at)
    customer = Actor(kind="participant", id=participant.id)
    record_seen(actor=customer, code=campaign.code, channel=channel, now=at)
    granted = _play(customer, campaign, channel, right=visitor.right, at=at)
    if not granted or not visitor.phone:
        return

    _prove(customer, visitor, campaign.id, at)
    slot = free_times(Grant.of(granted[0]).benefit_id, now=at, limit=1).slots[0]
    offered = NEEDS_OF[institution_of(current_institution()).sector]
    need = visitor.need if visitor.need in offered else offered[0]
    booking = book_grant(
        actor=customer, grant_id=granted[0], name=visitor.name, need=need, slot_id=slot.id, now=at
    )
    _read_texts(at)
    if visitor.served:
        redeem_code(actor=clerk, code=booking.code, phone=visitor.phone[-4:], now=at + BETWEEN / 2)


def _play(
    customer: Actor, campaign: Campaign, channel: str, *, right: bool, at: datetime
) -> tuple[UUID, ...]:
    """The quiz from its first question to its last; what it earned."""
    playing = start_play(actor=customer, code=campaign.code, channel=channel, now=at)
    answers = _answers(playing.version_id)
    view: Any = playing.view
    granted: tuple[UUID, ...] = ()
    while view["question"] is not None:
        question = view["question"]
        wrong = [each["id"] for each in question["options"] if each["id"] != answers[question["id"]]]
        option = answers[question["id"]] if right or view["answered"] % 2 else wrong[0]
        played = move_play(
            actor=customer,
            code=campaign.code,
            play_id=playing.play_id,
            move=Move(kind="answer", values={"question": question["id"], "option": option}),
            now=at + timedelta(seconds=20 * (view["answered"] + 1)),
        )
        view, granted = played.view, granted + played.granted
    return granted


def _answers(version_id: UUID) -> dict[str, str]:
    """The right option of every question: the customers of a demo have read the book."""
    settings: Any = content_of(version_id).settings
    return {question.id: question.answer for question in settings.questions}


def _prove(customer: Actor, visitor: Visitor, campaign_id: UUID, at: datetime) -> None:
    notice = NoticeVersion.objects.latest("published_at")
    give_consent(
        actor=customer,
        notice_id=notice.id,
        purposes=[purpose["code"] for purpose in notice.purposes],
        device_family="Android / WeChat",
        now=at,
    )
    request_phone_code(actor=customer, phone=visitor.phone, campaign_id=campaign_id, now=at)
    verify_phone(actor=customer, code=_read_texts(at), now=at)


def _read_texts(at: datetime) -> str:
    """Take what waits in the outbox, as the phone would; the six digits of the last one-time code."""
    digits = ""
    for text_id in OutboundText.objects.filter(state="waiting").order_by("id").values_list("id", flat=True):
        letter = claim_text(actor=SYSTEM, text_id=text_id, now=at)
        if letter is None:
            continue
        found = re.search(r"\d{6}", letter.body)
        digits = found.group() if found else digits
        settle_text(
            actor=SYSTEM, text_id=text_id, attempt=letter.attempt, outcome="sent", reference="demo", now=at
        )
    return digits
