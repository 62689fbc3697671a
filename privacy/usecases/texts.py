"""Text messages that must go out, once. The row is written with the deed; a worker claims, calls, settles."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.ids import new_id
from kernel.sealed import open_text, seal_text
from ledger.record import record
from privacy.models import OutboundText, Participant
from privacy.usecases.text_ceilings import Bill, billed_parts, charge, paused
from privacy.vault import own_key
from tenancy.usecase import usecase

LEASE = timedelta(seconds=30)
"""How long a claimed text is left to its worker before another may take it."""

PATIENCE = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5))
MOST_TRIES = 12
CODE = "phone_code"


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed text, opened for the one call that sends it. Never printed."""

    id: UUID
    attempt: int
    phone: str = field(repr=False)
    body: str = field(repr=False)


@usecase(by="anyone")
def write_text(
    *,
    actor: Actor,
    participant_id: UUID,
    campaign_id: UUID | None,
    kind: str,
    phone: str,
    body: str,
    useless_after: datetime,
    now: datetime,
) -> OutboundText | None:
    """Put a text in the outbox, sealed under the participant's key, and ring the worker.

    Counted against the day's ceilings. A one-time code that has no room raises TextsPaused, or NumberPaced
    where the number itself had enough. What accompanies a booking has a reserve; beyond it the text is
    withheld, None: the booking stands without it. Raises CryptoFailure when the participant has no key.
    """
    participant = Participant.of(participant_id)
    bill = Bill(phone, campaign_id, billed_parts(body), reserved=kind != CODE)
    full = charge(bill, actor=actor, now=now)
    if full is not None and kind == CODE:
        raise paused(full, now=now)
    if full is not None:
        full.refused += 1
        full.save(update_fields=["refused"])
        record(
            "privacy.text_withheld", actor=actor, subject=Ref("participant", participant.id), at=now,
            kind=kind, scope=full.scope,
        )  # fmt: skip
        return None

    text_id = new_id()
    letter = json.dumps({"phone": phone, "body": body}, ensure_ascii=False)
    text: OutboundText = OutboundText.objects.create(
        id=text_id,
        participant=participant,
        campaign_id=campaign_id,
        kind=kind,
        parts=bill.parts,
        sealed=seal_text(OutboundText, "sealed", text_id, letter, key=own_key(participant)),
        created_at=now,
        next_try_at=now,
        useless_after=useless_after,
    )

    record("privacy.text_written", actor=actor, subject=Ref("text", text.id), at=now, kind=kind)
    defer("integrations.tasks.deliver_text", text_id=text.id)
    return text


@usecase(by="system", may_do_nothing=True)
def claim_text(*, actor: Actor, text_id: UUID, now: datetime) -> Letter | None:
    """Take a text for one call, for the length of the lease; None when another has it or it is settled.

    A text whose time is over is closed unsent. Raises CryptoFailure.
    """
    text = (
        OutboundText.objects.select_for_update(skip_locked=True)
        .select_related("participant")
        .filter(
            pk=text_id,
            state__in=[OutboundText.State.WAITING, OutboundText.State.CLAIMED],
            next_try_at__lte=now,
        )
        .first()
    )
    if text is None:
        return None
    if text.useless_after <= now or text.tries >= MOST_TRIES:
        _settle(actor, text, OutboundText.State.LAPSED, "", now=now)
        return None

    text.state, text.tries, text.next_try_at = OutboundText.State.CLAIMED, text.tries + 1, now + LEASE
    text.save(update_fields=["state", "tries", "next_try_at"])
    opened = json.loads(
        open_text(OutboundText, "sealed", text.id, text.sealed, key=own_key(text.participant))
    )
    return Letter(id=text.id, attempt=text.tries, phone=opened["phone"], body=opened["body"])


@usecase(by="system", may_do_nothing=True)
def settle_text(
    *, actor: Actor, text_id: UUID, attempt: int, outcome: str, reference: str = "", now: datetime
) -> None:
    """Write down how the call ended: `sent`, `refused` (never again) or `unreachable` (later again).

    Of a late answer to an older claim only `sent` counts.
    """
    text = (
        OutboundText.objects.select_for_update().filter(pk=text_id, state=OutboundText.State.CLAIMED).first()
    )
    if text is None:
        return
    if outcome == "sent":
        _settle(actor, text, OutboundText.State.SENT, reference, now=now)
    elif text.tries != attempt:
        return
    elif outcome == "refused":
        _settle(actor, text, OutboundText.State.REFUSED, reference, now=now)
    else:
        wait = PATIENCE[min(text.tries, len(PATIENCE)) - 1]
        text.state, text.next_try_at = OutboundText.State.WAITING, now + wait
        text.save(update_fields=["state", "next_try_at"])


def _settle(actor: Actor, text: OutboundText, state: str, reference: str, *, now: datetime) -> None:
    """Close the row and empty it: a text that is out is nobody's business any more."""
    text.state, text.settled_at, text.sealed, text.reference = state, now, None, reference[:64]
    text.save(update_fields=["state", "settled_at", "sealed", "reference"])
    record(
        f"privacy.text_{state}", actor=actor, subject=Ref("text", text.id), at=now,
        kind=text.kind, tries=text.tries,
    )  # fmt: skip
