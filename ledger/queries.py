"""Reading what happened, in an order that never changes behind the reader's back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
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
        RawSQL("transaction < pg_snapshot_xmin(pg_current_snapshot())", (), output_field=BooleanField()),
        after(position),
    )
    return list(settled.order_by("transaction", "id")[:limit])


def after(position: Position) -> RawSQL:
    """Entries behind a position. The plain bound on the transaction says nothing new; it lets the planner see
    one stretch of the index where two row comparisons would have it read the ledger to its end.
    """
    return _compared(">", position)


def up_to(position: Position) -> RawSQL:
    """Entries up to a position and including it; bounded as in `after`."""
    return _compared("<=", position)


def before(position: Position) -> RawSQL:
    """Entries before a position; bounded as in `after`."""
    return _compared("<", position)


def _compared(sign: Literal["<", "<=", ">"], position: Position) -> RawSQL:
    plain = f"{sign[0]}="
    return RawSQL(  # noqa: S611 - signs of our own and parameters
        f"transaction {plain} %s::text::xid8 AND (transaction, id) {sign} (%s::text::xid8, %s)",
        (str(position.transaction), str(position.transaction), position.id),
        output_field=BooleanField(),
    )


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
