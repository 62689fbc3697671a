"""The code by text message: asked for, asked again, typed in; for booking, proving and recovery."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from campaigns.live import live_campaign
from campaigns.player import limits
from campaigns.player.doors import Visit
from campaigns.player.text_risk import admit_text, code_was_right
from kernel.crypto import NotAPhoneNumber, normal_phone
from kernel.errors import TooMany, Unavailable
from kernel.sealed import mask_phone
from privacy.queries import code_waits_for
from privacy.usecases import note_refused_text, request_phone_code, verify_phone
from privacy.usecases.phones import PhoneCodeSpent, PhoneCodeWrong

RESEND_AFTER = 60
REFUSALS = (PhoneCodeWrong, PhoneCodeSpent, TooMany, NotAPhoneNumber, Unavailable)


def send_code(request: HttpRequest, visit: Visit, phone: str, *, purpose: str) -> None:
    """Text a code to the number, unless the phone must prove some work first, or a ceiling is reached.

    Raises NotAPhoneNumber, ProofNeeded, TextsPaused, TooMany, Unavailable, NumberProven.
    """
    admit_text(request, visit, phone, purpose)
    limits.count_text_message(visit.actor.id)
    campaign_id = live_campaign(visit.code).id
    try:
        request_phone_code(actor=visit.actor, phone=phone, campaign_id=campaign_id, now=visit.now)
    except TooMany as refusal:
        if "scope" in refusal.details:
            note_refused_text(
                actor=visit.actor,
                phone=phone,
                campaign_id=campaign_id,
                scope=refusal.details["scope"],
                now=visit.now,
            )
        raise


def prove_code(request: HttpRequest, visit: Visit, code: str) -> None:
    """The typed code is the one sent. Raises PhoneCodeWrong, PhoneCodeSpent, TooMany, Unavailable."""
    limits.count_code_try(visit.actor.id)
    verify_phone(actor=visit.actor, code=code, now=visit.now)
    code_was_right(request, visit)


def is_proven_by(code: str, *, again: bool, prove: Callable[[], None], send: Callable[[], None]) -> bool:
    """Whether the posted code page proves the number; if it asks for another code, that is sent.

    A right code is used even where the page asked for a new one: a key pressed in the field never spends it.
    Raises what `prove` and `send` raise.
    """
    if not again:
        prove()
        return True
    if code:
        try:
            prove()
        except (PhoneCodeWrong, PhoneCodeSpent):
            pass
        else:
            return True
    send()
    return False


def is_waiting(visit: Visit, phone: str) -> bool:
    """Whether a code is on its way to this number already, and only the answer was lost."""
    return code_waits_for(visit.actor.id, phone, now=visit.now)


def masked_number(phone: str) -> str:
    """138****8000, or nothing for what is no number."""
    try:
        return mask_phone(normal_phone(phone))
    except NotAPhoneNumber:
        return ""
