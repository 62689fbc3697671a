"""Writing down what happened: one hand-made INSERT, in the transaction of the deed."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kernel.actor import Actor, Ref
from kernel.fingerprint import canonical_json
from kernel.scope import current_institution

_INSERT = """
INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,
                          campaign_id, version_id, channel, variant, data)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

recorded: ContextVar[int] = ContextVar("hequ_recorded", default=0)
"""How many entries this context wrote; ``tenancy.usecase`` refuses to commit when it did not grow."""


def record(
    verb: str,
    *,
    actor: Actor,
    subject: Ref,
    at: datetime,
    campaign_id: UUID | None = None,
    version_id: UUID | None = None,
    channel: str = "",
    variant: str = "",
    **data: Any,
) -> None:
    """Append one entry for the open institution.

    ``data`` holds ids, codes, counts and short enumerations; a name, a phone number or anything a person
    typed freely does not belong here. Raises NoScope.
    """
    row = entry_row(
        verb,
        actor=actor,
        subject=subject,
        at=at,
        campaign_id=campaign_id,
        version_id=version_id,
        channel=channel,
        variant=variant,
        data=data,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
    noted()


def noted() -> None:
    """Tell the use case that a ledger row was written by a statement of its own (hot paths)."""
    recorded.set(recorded.get() + 1)


def entry_row(
    verb: str,
    *,
    actor: Actor,
    subject: Ref,
    at: datetime,
    campaign_id: UUID | None,
    version_id: UUID | None,
    channel: str,
    variant: str,
    data: dict[str, Any],
) -> tuple[Any, ...]:
    """The values of one entry in the order of the INSERT, for statements that write it themselves."""
    return (
        at,
        str(current_institution()),
        verb,
        actor.kind,
        str(actor.id),
        subject.kind,
        str(subject.id),
        str(campaign_id) if campaign_id else None,
        str(version_id) if version_id else None,
        channel,
        variant,
        canonical_json(data).decode(),
    )
