"""What the operator runs: export, check, fold again, months ahead."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from analytics.models import Tally
from analytics.usecases.seals import seal_ledger
from kernel.actor import SYSTEM
from kernel.timekeeping import SHANGHAI
from ledger import verify_seals
from ledger.models import Entry
from ledger.partitions import prepare_months
from tests.analytics.conftest import Floor, catch_up, floor, until_settled
from tests.cast import NOON

__all__ = ["floor"]


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_an_export_of_the_whole_ledger_verifies_with_the_offline_program(
    floor: Floor, tmp_path: Path
) -> None:
    floor.crowd(20)
    until_settled()
    while seal_ledger(actor=SYSTEM, now=NOON, limit=50):
        pass
    file = tmp_path / "ledger.json"

    said("export_ledger", "bank", str(file))

    assert verify_seals.main([str(file)]) == 0
    assert len(json.loads(file.read_bytes())["entries"]) >= 100


def test_the_operator_is_told_of_a_broken_ledger(floor: Floor) -> None:
    until_settled()
    seal_ledger(actor=SYSTEM, now=NOON)
    assert "sound" in said("check_ledger")

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY")
        cursor.execute("DELETE FROM ledger_entry WHERE id = (SELECT min(id) FROM ledger_entry)")

    with pytest.raises(CommandError, match="not sound: bank"):
        said("check_ledger")


def test_figures_are_folded_again_on_command(floor: Floor) -> None:
    floor.crowd(30)
    catch_up()
    before = sorted(
        Tally.objects.values_list("campaign_id", "day", "channel", "stage", "events", "people"), key=repr
    )
    Tally.objects.all().update(people=0)
    until_settled()

    said("restart_projection", "figures")

    after = sorted(
        Tally.objects.values_list("campaign_id", "day", "channel", "stage", "events", "people"), key=repr
    )
    assert after == before
    assert Entry.objects.filter(verb="analytics.projection_restarted").exists()


def test_months_are_ready_before_they_begin(db: None) -> None:
    late = datetime(NOON.year, 12, 31, 23, 59, tzinfo=SHANGHAI)

    made = prepare_months(now=late)

    assert made[0] == f"ledger_entry_{NOON.year}_12"
    assert made[1:] == [f"ledger_entry_{NOON.year + 1}_{month:02}" for month in (1, 2, 3)]
    assert prepare_months(now=late) == made
