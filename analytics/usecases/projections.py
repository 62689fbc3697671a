"""Moving projections forward, and folding them again from the beginning."""

from __future__ import annotations

from datetime import datetime

from analytics.models import Cursor
from analytics.registry import projections
from kernel.actor import Actor, Ref
from kernel.errors import NotFound
from kernel.scope import current_institution
from ledger.queries import Position, entries_after
from ledger.record import record
from tenancy.usecase import usecase

BATCH = 2000


@usecase(by="system", may_do_nothing=True)
def advance_projection(*, actor: Actor, projection: str, now: datetime, limit: int = BATCH) -> int:
    """Fold the next settled entries of the open institution in; how many they were.

    The cursor moves in the same transaction, so each entry counts exactly once. While another worker is
    advancing the same projection nothing is done. Nothing is recorded: what happened is in the ledger
    already, and an entry for every look at it would never end. Raises NotFound.
    """
    fold = projections().get(projection)
    if fold is None:
        raise NotFound
    Cursor.objects.get_or_create(projection=projection)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(projection=projection).first()
    if cursor is None:
        return 0
    entries = entries_after(Position(cursor.transaction, cursor.entry), limit)
    if not entries:
        return 0
    fold.apply(entries)
    cursor.transaction, cursor.entry = entries[-1].transaction, entries[-1].id
    cursor.entries += len(entries)
    cursor.advanced_at = now
    cursor.save(update_fields=["transaction", "entry", "entries", "advanced_at"])
    return len(entries)


@usecase(by="system")
def restart_projection(*, actor: Actor, projection: str, now: datetime) -> None:
    """Forget what was folded and put the cursor back to the ledger's first entry. Raises NotFound."""
    fold = projections().get(projection)
    if fold is None:
        raise NotFound
    Cursor.objects.get_or_create(projection=projection)
    cursor = Cursor.objects.select_for_update().get(projection=projection)
    fold.forget()
    cursor.transaction = cursor.entry = cursor.entries = 0
    cursor.save(update_fields=["transaction", "entry", "entries"])
    record(
        "analytics.projection_restarted",
        actor=actor,
        subject=Ref("institution", current_institution()),
        at=now,
        projection=projection,
    )
