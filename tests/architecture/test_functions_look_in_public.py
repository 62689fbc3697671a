"""A function of ours that reads a table says where it looks: no session puts its own tables before ours."""

from __future__ import annotations

from django.db import connection

from tests.walk import only_excused

_LOOSE = """
SELECT function.proname, function.oid::regprocedure::text
  FROM pg_proc AS function
  JOIN pg_namespace AS schema ON schema.oid = function.pronamespace
 WHERE schema.nspname = 'public'
   AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
   AND NOT COALESCE(function.proconfig, '{}') && ARRAY['search_path=public, pg_temp']
"""
_READS_NO_TABLE = ("_append_only", "_immutable")  # made by kernel.rls: OLD and NEW are all they look at


def test_every_function_names_its_search_path(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOOSE)
        loose = dict(cursor.fetchall())

    only_excused(
        {name: where for name, where in loose.items() if not name.endswith(_READS_NO_TABLE)},
        {},
    )
