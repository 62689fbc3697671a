"""Start-up checks asked of PostgreSQL itself: the role this process runs as, and the walls around it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection

from kernel.desk_keys import database_trusts_what_signs
from kernel.errors import DomainError

# Whoever is, or may become, one of these steps around row-level security.
_MIGHTY = """
SELECT rolname FROM pg_roles
WHERE pg_has_role(current_user, oid, 'MEMBER')
  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
       OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p'))
       OR EXISTS (SELECT 1 FROM pg_database WHERE datdba = pg_roles.oid AND datname = current_database()))
ORDER BY rolname
"""
# Partitions are reached through their table only: the role holds nothing on them, or they need the wall, too.
_OPEN = """
SELECT relname FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'institution_id' AND NOT attisdropped
WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
  AND has_table_privilege(current_user, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE')
ORDER BY relname
"""
_UNGUARDED = """
SELECT relname FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'institution_id' AND NOT attisdropped
WHERE relkind IN ('r', 'p') AND relrowsecurity
  AND NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid)
ORDER BY relname
"""


def the_database_keeps_institutions_apart(**_asked: Any) -> list[CheckMessage]:
    """In production the runtime role is weak, and every table of institutions has forced row-level security.

    The connection is closed again: a process that forks after its start hands none on.
    """
    if not settings.PRODUCTION:
        return []
    try:
        return database_faults()
    finally:
        connection.close()


def database_faults() -> list[CheckMessage]:
    """What this process could do in the database that it never may; also that it does not answer."""
    try:
        with connection.cursor() as cursor:
            mighty, open_tables, unguarded = (_names(cursor, query) for query in (_MIGHTY, _OPEN, _UNGUARDED))
        trusted = database_trusts_what_signs()
    except DatabaseError as silence:
        hint = "The start is tried again; see whether PostgreSQL runs and the address is right."
        return [Error(f"The database does not answer: {type(silence).__name__}.", hint=hint, id="hequ.E015")]
    found: list[CheckMessage] = []
    if mighty:
        hint = "Run as a role made by deploy/postgres/bootstrap.sql: no superuser, owner, or member of one."
        found.append(Error(f"The runtime role can be {', '.join(mighty)}.", hint=hint, id="hequ.E016"))
    if open_tables or unguarded:
        told = ", ".join([*open_tables, *unguarded])
        hint = "Apply the migrations as the owner."
        found.append(Error(f"No forced row-level security on {told}.", hint=hint, id="hequ.E017"))
    if not trusted:
        hint = "Apply the migrations with DESK_PUBLIC_KEYS that name it; a retired key signs no more."
        found.append(Error("The database does not trust the key that signs here.", hint=hint, id="hequ.E020"))
    return found


def the_database_is_not_older_than_the_list(**_asked: Any) -> list[CheckMessage]:
    """After a restored backup, or without the whole list of destructions, no process serves anything."""
    from privacy.list_check import refuse_restored_backup  # reads models, which are loaded after the checks

    try:
        refuse_restored_backup()
    except DatabaseError as silence:
        hint = "The start is tried again; see whether PostgreSQL runs and the migrations are applied."
        return [Error(f"The database does not answer: {type(silence).__name__}.", hint=hint, id="hequ.E015")]
    except DomainError as refusal:
        return [Error(refusal.message("zh-hans"), hint=refusal.message("en"), id="hequ.E018")]
    finally:
        connection.close()
    return []


def _names(cursor: Any, query: str) -> list[str]:
    cursor.execute(query)
    return [name for (name,) in cursor.fetchall()]
