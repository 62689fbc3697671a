"""What the start asks of PostgreSQL before the first request. Issue 9, 12."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from config.database_checks import database_faults, the_database_keeps_institutions_apart

pytestmark = pytest.mark.slow


def _as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def _ids() -> set[str | None]:
    return {fault.id for fault in database_faults()}


@contextmanager
def _running_as(role: str) -> Iterator[None]:
    """This process, started with the address of another role."""
    ours, theirs = connections["default"], connections["owner"]
    kept = {name: ours.settings_dict[name] for name in ("USER", "PASSWORD")}
    assert theirs.settings_dict["USER"] == role
    ours.close()
    ours.settings_dict.update({name: theirs.settings_dict[name] for name in kept})
    try:
        yield
    finally:
        ours.close()
        ours.settings_dict.update(kept)


def test_the_roles_and_tables_as_migrated_are_sound(committed_db: str) -> None:
    assert database_faults() == []


def test_the_owner_is_no_runtime_role(committed_db: str) -> None:
    with _running_as("hequ_owner"):
        assert "hequ.E016" in _ids()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE privacy_participant NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE privacy_participant DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_institution ON privacy_participant",
        "CREATE TABLE a_new_one (institution_id uuid); GRANT SELECT ON a_new_one TO hequ_app",
        "GRANT SELECT ON ledger_entry_rest TO hequ_app",
    ],
)
def test_a_table_without_its_wall_is_named(committed_db: str, statement: str) -> None:
    _as_owner(statement)

    [fault] = [fault for fault in database_faults() if fault.id == "hequ.E017"]

    assert any(name in fault.msg for name in ("privacy_participant", "a_new_one", "ledger_entry_rest"))


def test_a_database_that_does_not_answer_stops_the_start_with_a_hint(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections["default"].close()
    monkeypatch.setitem(connections["default"].settings_dict, "PASSWORD", "wrong")

    assert _ids() == {"hequ.E015"}
    connections["default"].close()


def test_only_production_asks(committed_db: str, settings: object) -> None:
    _as_owner("ALTER TABLE privacy_participant NO FORCE ROW LEVEL SECURITY")

    assert the_database_keeps_institutions_apart() == []
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    assert the_database_keeps_institutions_apart() != []
