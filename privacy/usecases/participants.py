"""Arriving, and the little a person tells of themselves."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.crypto import normal_text
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.sealed import seal_text
from kernel.visible import visible
from ledger.record import record
from privacy.errors import ConsentMissing, Forgotten, PhoneNotVerified
from privacy.models import Field, Participant
from privacy.queries import has_consented
from privacy.vault import own_key
from tenancy.usecase import usecase

LONGEST_NAME = 40
_DOTS = re.compile("[・‧•∙⋅･᛫]")


class NotAName(DomainError):
    """The text cannot be a person's name."""

    code = "not_a_name"
    status = 400
    zh = "请填写您的姓名（不超过 40 个字，不含符号或数字）。"
    en = "Please enter your name: at most 40 signs, no digits or symbols."


class AlreadyEnrolled(DomainError):
    """The pseudonym is in use: the same phone's other call was quicker."""

    code = "already_enrolled"
    zh = "已经登记。"
    en = "Enrolled already."


@usecase(by="system")
def enrol_participant(
    *,
    actor: Actor,
    participant_id: UUID | None = None,
    campaign_id: UUID | None = None,
    channel: str = "",
    now: datetime,
) -> Participant:
    """A new pseudonym for someone who opened a campaign. Nothing personal, and no key yet.

    ``participant_id`` is the pseudonym the phone was promised. Raises AlreadyEnrolled.
    """
    participant_id = participant_id or new_id()
    if Participant.objects.filter(pk=participant_id).exists():
        raise AlreadyEnrolled
    participant: Participant = Participant.objects.create(
        id=participant_id, person_id=participant_id, created_at=now
    )

    record(
        "privacy.enrolled", actor=actor, subject=Ref("participant", participant.id), at=now,
        campaign_id=campaign_id, channel=channel,
    )  # fmt: skip
    return participant


@usecase(by="participant")
def write_name(*, actor: Actor, name: str, now: datetime) -> Participant:
    """The name a verified participant gives for a booking, sealed.

    Raises NotAName, Forgotten, PhoneNotVerified, ConsentMissing.
    """
    participant = open_participant(actor.id)
    if participant.state != Participant.State.VERIFIED:
        raise PhoneNotVerified
    if not has_consented(participant.id, Field.NAME):
        raise ConsentMissing
    plain = normal_name(name)

    participant.name = seal_text(Participant, "name", participant.id, plain, key=own_key(participant))
    participant.save(update_fields=["name"])

    record("privacy.name_written", actor=actor, subject=Ref("participant", participant.id), at=now)
    return participant


@usecase(by="anyone")
def keep_longer(*, actor: Actor, participant_id: UUID, until: datetime, now: datetime) -> None:
    """A running service needs the person's data until then. Never shortens."""
    participant = open_participant(participant_id)
    if participant.keep_until is None or participant.keep_until < until:
        participant.keep_until = until
        participant.save(update_fields=["keep_until"])

    record(
        "privacy.kept_longer", actor=actor, subject=Ref("participant", participant.id), at=now,
        until=until.date().isoformat(),
    )  # fmt: skip


def open_participant(participant_id: UUID) -> Participant:
    """The participant's row, locked. Raises Forgotten, Participant.DoesNotExist."""
    participant: Participant = Participant.objects.locked(participant_id)
    if participant.state == Participant.State.FORGOTTEN:
        raise Forgotten
    return participant


def normal_name(name: str) -> str:
    """Letters, marks, blanks and the dots of names only; every dot between parts is ·. Raises NotAName."""
    text = " ".join(_DOTS.sub("·", visible(normal_text(name))).split())
    fits = 0 < len(text) <= LONGEST_NAME and all(
        unicodedata.category(sign)[0] in "LM" or sign in " ·.-'’་〇" for sign in text
    )
    if not fits or not any(unicodedata.category(sign).startswith("L") or sign == "〇" for sign in text):
        raise NotAName
    return text
