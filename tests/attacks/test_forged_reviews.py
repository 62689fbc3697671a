"""Somebody holds the runtime role's SQL: what they can write down, and what the database does not believe.

Every attack is plain SQL of that role, as it would come through a hole in a web process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from analytics.usecases.seals import hand_out_proof, seal_ledger
from kernel.actor import SYSTEM, Ref
from kernel.ids import new_id
from kernel.scope import scope
from ledger import verify_seals
from ledger.models import Entry
from ledger.record import record
from ledger.recorded_sql import KEPT
from tests.analytics.conftest import until_settled
from tests.cast import make_staff

VERIFIER = Path(verify_seals.__file__)


def write(statement: str, *values: object) -> int:
    """One statement of the runtime role; how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def as_owner(statement: str, *values: object) -> None:
    """Only to prepare a scene: no attacker is the owner here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)


# --- Entries dated at will --------------------------------------------------------------------------


@pytest.fixture
def kept_to_the_clock(committed_db: str) -> Iterator[UUID]:
    """An institution whose ledger is held to the clock, as it is where nobody opened it for tests."""
    as_owner(KEPT)
    with scope(new_id()) as institution_id:
        yield institution_id


@pytest.mark.parametrize("distance", [-timedelta(weeks=8), -timedelta(minutes=16), timedelta(minutes=6)])
def test_an_entry_cannot_be_dated_back_or_ahead(kept_to_the_clock: UUID, distance: timedelta) -> None:
    with pytest.raises(DatabaseError, match="told_at_once"), transaction.atomic():
        record(
            "compliance.decided",
            actor=SYSTEM,
            subject=Ref("review", new_id()),
            at=timezone.now() + distance,
        )

    assert not Entry.objects.exists()


def test_nobody_sets_when_an_entry_was_written_down(kept_to_the_clock: UUID) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        write(
            "INSERT INTO ledger_entry (at, recorded_at, institution_id, verb, actor_kind, actor_id,"
            " subject_kind, subject_id) VALUES (now() - interval '8 weeks', now() - interval '8 weeks', %s,"
            " 'compliance.decided', 'staff', gen_random_uuid(), 'review', gen_random_uuid())",
            kept_to_the_clock,
        )


def test_a_long_transaction_is_no_way_to_the_past(kept_to_the_clock: UUID) -> None:
    """The clock is the statement's, not the transaction's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT now(), pg_sleep(0.05)")
        began = cursor.fetchone()[0]
        record("ledger.checked", actor=SYSTEM, subject=Ref("institution", new_id()), at=timezone.now())

    assert Entry.objects.get().recorded_at > began + timedelta(milliseconds=50)


def test_what_the_owner_dated_back_shows_in_every_proof(committed_db: str, tmp_path: Path) -> None:
    """Whoever can open the ledger to the past cannot hide that it was written today."""
    with scope(new_id()):
        weeks_ago = timezone.now() - timedelta(weeks=8)
        record("compliance.decided", actor=SYSTEM, subject=Ref("review", new_id()), at=weeks_ago)
        until_settled()
        seal_ledger(actor=SYSTEM, now=timezone.now())
        entry = Entry.objects.get(verb="compliance.decided")
        found = tmp_path / "proof.json"
        auditor = make_staff("shen.ji", "auditor").actor
        found.write_text(json.dumps(hand_out_proof(actor=auditor, entry=entry, now=timezone.now())))

    told = subprocess.run(
        [sys.executable, str(VERIFIER), str(found)], capture_output=True, text=True, check=False
    )

    assert told.returncode == 0
    assert f"entry {entry.id}: it tells of {weeks_ago.year}" in told.stdout
    assert "and was written down at" in told.stdout
