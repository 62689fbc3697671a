"""A table that is not walled in by institution is read by the runtime role and never written."""

from __future__ import annotations

from django.db import connection

_WRITABLE = """
SELECT relation.relname
  FROM pg_class AS relation JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
 WHERE schema.nspname = 'public' AND relation.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND NOT relation.relrowsecurity AND NOT relation.relispartition
   AND has_table_privilege(relation.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
"""


def test_what_all_institutions_share_is_only_read(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITABLE)
        writable = {name for (name,) in cursor.fetchall()}

    assert writable == set()


def test_a_partition_is_reached_through_its_parent_alone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"
            " AND has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        open_ones = {name for (name,) in cursor.fetchall()}

    assert open_ones == set()
