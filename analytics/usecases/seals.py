"""Sealing and checking the ledger, as deeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.scope import current_institution
from ledger.models import Entry
from ledger.record import record
from ledger.sealing import LARGEST, Checked, check, proof_of, public_keys, run_of, seal_next, seal_of
from tenancy.roles import Permission
from tenancy.usecase import usecase

MOST_AT_ONCE = 200
MOST_ENTRIES = 20_000  # what somebody can wait for; the patrol checks them all


class NotSealedYet(DomainError):
    """The entry waits for the next seal."""

    code = "not_sealed_yet"
    zh = "这条记录还在等待封存，通常几秒内完成，请稍后再试。"
    en = "This entry waits for the next seal, usually within seconds. Please try again shortly."


@usecase(by="system", may_do_nothing=True)
def seal_ledger(*, actor: Actor, now: datetime, limit: int = LARGEST) -> int:
    """Seal the next settled entries of the open institution; how many they were.

    Nothing is recorded: the seal is the record, and an entry about it would itself wait for the next one.
    """
    seal = seal_next(now=now, limit=limit)
    return seal.count if seal else 0


@usecase(Permission.VIEW_LEDGER)
def check_ledger(*, actor: Actor, now: datetime, newest: int | None = MOST_AT_ONCE) -> Checked:
    """Compute the newest seals again from the rows as they are, as far as somebody can wait for; who looked
    and what was found is recorded.
    """
    checked = check(newest=newest, most=MOST_ENTRIES if newest else None)
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


@usecase(Permission.VIEW_LEDGER, by="staff_or_system")
def hand_out_run(*, actor: Actor, first: int, last: int, now: datetime) -> dict[str, Any]:
    """A run of seals with every entry under them, to be verified elsewhere; who took it is recorded."""
    run = run_of(first=first, last=last)
    record(
        "ledger.exported",
        actor=actor,
        subject=Ref("institution", current_institution()),
        at=now,
        seals=len(run["seals"]),
        entries=len(run["entries"]),
    )
    return {"format": "hequ-ledger-1", "public_keys": public_keys(), **run}


@usecase(Permission.VIEW_LEDGER)
def hand_out_proof(*, actor: Actor, entry: Entry, now: datetime) -> dict[str, Any]:
    """One entry with its path and seal, to be verified elsewhere; who took it is recorded.

    Raises NotSealedYet.
    """
    seal = seal_of(entry.transaction, entry.id)
    proof = proof_of(entry, seal) if seal else None
    if proof is None:
        raise NotSealedYet
    record(
        "ledger.exported",
        actor=actor,
        subject=Ref("institution", current_institution()),
        at=now,
        transaction=entry.transaction,
        entry=entry.id,
    )
    return {"format": "hequ-proof-1", "public_keys": public_keys(), **proof}
