"""Sealing and checking the ledger, as deeds."""

from __future__ import annotations

from datetime import datetime

from kernel.actor import Actor, Ref
from kernel.scope import current_institution
from ledger.record import record
from ledger.sealing import LARGEST, Checked, check, seal_next
from tenancy.roles import Permission
from tenancy.usecase import usecase

MOST_AT_ONCE = 200


@usecase(by="system", may_do_nothing=True)
def seal_ledger(*, actor: Actor, now: datetime, limit: int = LARGEST) -> int:
    """Seal the next settled entries of the open institution; how many they were.

    Nothing is recorded: the seal is the record, and an entry about it would itself wait for the next one.
    """
    seal = seal_next(now=now, limit=limit)
    return seal.count if seal else 0


@usecase(Permission.VIEW_LEDGER)
def check_ledger(*, actor: Actor, now: datetime, newest: int | None = MOST_AT_ONCE) -> Checked:
    """Compute the newest seals again from the rows as they are; who looked and what was found is recorded."""
    checked = check(newest=newest)
    record(
        "ledger.checked",
        actor=actor,
        subject=Ref("institution", current_institution()),
        at=now,
        seals=checked.seals,
        entries=checked.entries,
        faults=len(checked.faults),
    )
    return checked
