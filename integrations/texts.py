"""Carrying a text: claim, call, settle. Two short transactions with the network between them.

A worker killed at any point loses nothing and doubles nothing: the row is still there, its lease ends,
the next one calls with the same token, and the provider knows the token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from integrations.sms import Unreachable, send_text
from kernel.actor import SYSTEM
from privacy.usecases import claim_text, settle_text


def carry_text(*, text_id: UUID, clock: Callable[[], datetime]) -> str:
    """Send one text if it is ours to send; how it went: `sent`, `refused`, `unreachable`, or `not ours`."""
    letter = claim_text(actor=SYSTEM, text_id=text_id, now=clock())
    if letter is None:
        return "not ours"
    try:
        receipt = send_text(token=letter.id, phone=letter.phone, body=letter.body)
        outcome, reference = ("sent" if receipt.taken else "refused"), receipt.reference
    except Unreachable:
        outcome, reference = "unreachable", ""
    settle_text(
        actor=SYSTEM,
        text_id=text_id,
        attempt=letter.attempt,
        outcome=outcome,
        reference=reference,
        now=clock(),
    )
    return outcome
