"""One table for everything that happens, and the seals under it. Never names, phones or free text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from kernel.models import NOTHING_PERSONAL, Personal, TenantManager, TenantModel
from kernel.scope import institution_or_none

AT_ONCE = timedelta(minutes=15)
"""What the database allows between a deed and its entry (``ledger.recorded_sql``)."""

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:  # Django's fields take no type arguments at run time
    _BigInteger = models.BigIntegerField


class TransactionIdField(_BigInteger):
    """PostgreSQL ``xid8``: the 64-bit id of the writing transaction, never wraps."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


class CurrentTransaction(models.Func):
    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class DatabaseClock(models.Func):
    """The database's own clock at this very statement; ``now()`` would be the transaction's beginning."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Entry(models.Model):
    """One thing that happened, at ``at``, written down at ``recorded_at``, which no writer can set.

    Order without a lock: readers take rows whose ``transaction`` lies below every transaction still running,
    in (transaction, id) order (``ledger.queries.entries_after``). Partitioned by month of ``at``; the table
    itself is made by hand in the first migration.
    """

    PERSONAL: ClassVar[dict[str, Personal]] = NOTHING_PERSONAL

    pk = models.CompositePrimaryKey("id", "at")
    id = models.BigIntegerField(editable=False)
    at = models.DateTimeField(db_default=Now())
    institution_id = models.UUIDField(default=institution_or_none)
    verb = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField()
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    campaign_id = models.UUIDField(null=True)
    version_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=32, default="")
    variant = models.CharField(max_length=32, default="")
    data = models.JSONField(default=dict)
    transaction = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    recorded_at = models.DateTimeField(null=True, db_default=DatabaseClock(), editable=False)

    objects = TenantManager()

    class Meta:
        managed = False
        db_table = "ledger_entry"

    def __str__(self) -> str:
        return f"{self.verb} #{self.id}"

    @property
    def was_told_late(self) -> bool:
        """Whether the moment it names is not the one at which it was written down."""
        return self.recorded_at is not None and abs(self.recorded_at - self.at) > AT_ONCE


class Seal(TenantModel):
    """A signature under a stretch of the ledger: entries after the seal before it, up to the last one named.

    ``root`` is the RFC 6962 tree over them, ``previous`` the digest of the seal before, so the seals are a
    chain. What is signed is written out by ``ledger.sealing.header``. Rows are never changed.
    ``earliest_day`` (in Asia/Shanghai) only leads to entries faster; seals of earlier releases have none.
    """

    PERSONAL = NOTHING_PERSONAL

    number = models.PositiveBigIntegerField()
    first_transaction = models.BigIntegerField()
    first_entry = models.BigIntegerField()
    last_transaction = models.BigIntegerField()
    last_entry = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    key = models.CharField(max_length=32)
    signature = models.BinaryField()
    sealed_at = models.DateTimeField()
    earliest_day = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution_id", "number"], name="seal_number_once"),
            models.UniqueConstraint(fields=["institution_id", "previous"], name="seal_chain_does_not_fork"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="seal_holds_entries"),
        ]
        indexes = [
            models.Index(
                fields=["institution_id", "last_transaction", "last_entry"], name="seal_by_last_entry"
            ),
            models.Index(
                fields=["institution_id", "earliest_day", "last_transaction", "last_entry"],
                name="seal_by_earliest_day",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
