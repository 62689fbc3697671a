"""The hot path's SQL, by hand: one statement changes the play and writes the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from campaigns.games.base import Json
from kernel.ids import new_id
from kernel.scope import current_institution
from ledger.record import noted

LedgerRow = tuple[Any, ...]  # as made by ledger.record.entry_row

_LOCK = """
SELECT campaign_id, version_id, attempt, channel, variant, state, revision, last_key, last_reply,
       finished_at IS NOT NULL
FROM campaigns_play WHERE id = %s AND participant_id = %s FOR UPDATE
"""

_SETTLE = """
WITH moved AS (
    UPDATE campaigns_play
    SET state = %s, revision = revision + 1, last_key = %s, last_reply = %s, moved_at = %s,
        finished_at = CASE WHEN %s THEN %s::timestamptz END
    WHERE id = %s
)
INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,
                          campaign_id, version_id, channel, variant, data) VALUES """
_ONE_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"

_OPEN = """
WITH opened AS (
    INSERT INTO campaigns_play (id, institution_id, participant_id, campaign_id, version_id, attempt, channel,
                                variant, state, revision, last_key, opened_at, moved_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '', %s, %s)
    ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,
                          campaign_id, version_id, channel, variant, data)
SELECT %s::timestamptz, %s::uuid, %s, %s, %s::uuid, %s, %s::uuid, %s::uuid, %s::uuid, %s, %s, %s::jsonb
FROM opened
"""

_SEE = """
WITH first AS (
    INSERT INTO campaigns_visit (id, institution_id, participant_id, campaign_id, day)
    VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,
                          campaign_id, version_id, channel, variant, data)
SELECT %s::timestamptz, %s::uuid, %s, %s, %s::uuid, %s, %s::uuid, %s::uuid, %s::uuid, %s, %s, %s::jsonb
FROM first
"""


@dataclass(frozen=True, slots=True)
class LockedPlay:
    """A play that nobody else can move until this transaction ends."""

    id: UUID
    campaign_id: UUID
    version_id: UUID
    attempt: int
    channel: str
    variant: str
    state: Json
    revision: int
    last_key: str
    last_reply: Json | None
    finished: bool


def lock_play(play_id: UUID, participant_id: UUID) -> LockedPlay | None:
    """The participant's own play, locked, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (str(play_id), str(participant_id)))
        row = cursor.fetchone()
    if row is None:
        return None
    campaign_id, version_id, attempt, channel, variant, state, revision, key, reply, finished = row
    return LockedPlay(
        id=play_id,
        campaign_id=campaign_id,
        version_id=version_id,
        attempt=attempt,
        channel=channel,
        variant=variant,
        state=msgspec.json.decode(state),
        revision=revision,
        last_key=key,
        last_reply=None if reply is None else msgspec.json.decode(reply),
        finished=finished,
    )


def settle_move(
    *,
    play: LockedPlay,
    state: Json,
    key: str,
    reply: Json,
    finished: bool,
    now: datetime,
    rows: Sequence[LedgerRow],
) -> None:
    """Write the new state and what happened, in one statement."""
    values: list[Any] = [_text(state), key, _text(reply), now, finished, now, str(play.id)]
    for row in rows:
        values += row
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE + ", ".join([_ONE_ROW] * len(rows)), values)
    noted()


def insert_play(
    *,
    play_id: UUID,
    participant_id: UUID,
    campaign_id: UUID,
    version_id: UUID,
    attempt: int,
    channel: str,
    variant: str,
    state: Json,
    now: datetime,
    row: LedgerRow,
) -> bool:
    """Open a play unless this attempt is open already; whether it was."""
    values = [
        str(play_id),
        str(current_institution()),
        str(participant_id),
        str(campaign_id),
        str(version_id),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [*values, attempt, channel, variant, _text(state), now, now, *row])
        opened: bool = cursor.rowcount == 1
    if opened:
        noted()
    return opened


def insert_visit(*, participant_id: UUID, campaign_id: UUID, day: date, row: LedgerRow) -> bool:
    """Count the participant's first sight of the campaign on this day; whether it was the first."""
    ids = [str(new_id()), str(current_institution()), str(participant_id), str(campaign_id)]
    with connection.cursor() as cursor:
        cursor.execute(_SEE, [*ids, day, *row])
        first: bool = cursor.rowcount == 1
    if first:
        noted()
    return first


def _text(value: Json) -> str:
    return msgspec.json.encode(value).decode()
