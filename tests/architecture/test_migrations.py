"""Migrations: complete, named by hand, reversible, and only added where a table is walled in."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.walk import APPS, only_excused

# Operations that cannot be undone, and why.
ONE_WAY: dict[str, str] = {}

OURS = {key: migration for key, migration in MigrationLoader(None).disk_migrations.items() if key[0] in APPS}
EACH = [pytest.param(migration, id=f"{app}.{name}") for (app, name), migration in sorted(OURS.items())]


def test_no_model_change_waits_for_its_migration(db):
    told = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=told)

    assert "No changes detected" in told.getvalue()


@pytest.mark.parametrize("migration", EACH)
def test_it_is_named_by_hand(migration):
    _number, _, words = migration.name.partition("_")

    assert words
    assert not words.startswith(("auto", "initial", "alter_", "add_field"))


def test_every_step_can_be_undone():
    stuck = {
        f"{app}.{name}: {type(operation).__name__}": "not reversible"
        for (app, name), migration in OURS.items()
        for operation in migration.operations
        if not operation.reversible
    }

    only_excused(stuck, ONE_WAY)
