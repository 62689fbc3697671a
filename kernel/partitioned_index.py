"""Migration operation: an index on a large partitioned table, built while everybody goes on writing."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations import RunPython

_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1"
_STANDS = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


def PartitionedIndex(name: str, table: str, columns: str, condition: str = "") -> RunPython:  # noqa: N802
    """An index of the table and of each of its partitions, those that are made later included.

    PostgreSQL builds none of a partitioned table concurrently: the parent's is declared, each partition's is
    built beside the writers and attached. The migration must not be atomic; run again, it goes on where it
    was stopped. Names and columns are our own.
    """
    where = f" WHERE {condition}" if condition else ""

    def build(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON ONLY {table} ({columns}){where}")
            cursor.execute(_PARTITIONS, [table])
            for (partition,) in cursor.fetchall():
                own = f"{name}_{partition.removeprefix(table).strip('_')}"
                cursor.execute(_STANDS, [own])
                standing = cursor.fetchone()
                if standing is not None and not standing[0]:
                    cursor.execute(f"DROP INDEX {own}")  # of a build that was stopped
                cursor.execute(
                    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {own} ON {partition} ({columns}){where}"
                )
                cursor.execute(f"ALTER INDEX {name} ATTACH PARTITION {own}")

    def drop(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")

    return RunPython(build, drop, elidable=False)
