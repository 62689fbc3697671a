"""Reading what happened, in an order that never changes behind the reader's back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from ledger.models import Entry


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the stable order: everything up to and including it has been read."""

    transaction: int = 0
    id: int = 0


def entries_after(position: Position, limit: int = 1000) -> list[Entry]:
    """The next settled entries of the open institution after ``position``, oldest first.

    Settled: the writing transaction lies below every transaction still running, so no entry can appear
    before one that was already handed out (gap-free, replayable).
    """
    settled = Entry.objects.filter(
        RawSQL(
            "transaction < pg_snapshot_xmin(pg_current_snapshot())"
            " AND (transaction, id) > (%s::text::xid8, %s)",
            (str(position.transaction), position.id),
            output_field=BooleanField(),
        )
    )
    return list(settled.order_by("transaction", "id")[:limit])


def settled_position() -> Position:
    """The last settled entry's place: what lies up to it will never change."""
    settled = Entry.objects.filter(
        RawSQL("transaction < pg_snapshot_xmin(pg_current_snapshot())", (), output_field=BooleanField())
    )
    last = settled.order_by("-transaction", "-id").values_list("transaction", "id").first()
    return Position(*last) if last else Position()


def history_of(subject_kind: str, subject_id: UUID) -> QuerySet[Entry]:
    """Everything that happened to one subject, oldest first."""
    return Entry.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("at", "id")


def campaign_history(campaign_id: UUID) -> QuerySet[Entry]:
    """Everything that happened in one campaign, oldest first."""
    return Entry.objects.filter(campaign_id=campaign_id).order_by("at", "id")
