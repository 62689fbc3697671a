"""Migration operations that put the house's promises into the database.

``TenantTable`` row-level security by institution, forced on the owner too;
``AppendOnly`` rows that can be neither updated nor deleted;
``Immutable`` rows that cannot be updated, columns named in ``except_columns`` excepted;
``FilledIn`` rows whose texts hold no passage that waits to be filled in;
``OnceSettled`` rows that wait for a second person, and change no more once they were confirmed or dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.migrations.operations import RunSQL

INSTITUTION = "NULLIF(current_setting('hequ.institution', true), '')::uuid"


def TenantTable(table: str) -> RunSQL:  # noqa: N802 - reads like the model operations it stands beside
    """Only rows of the open institution can be seen or written."""
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_institution ON {table}
            USING (institution_id = {INSTITUTION}) WITH CHECK (institution_id = {INSTITUTION});
        """,
        f"""
        DROP POLICY own_institution ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def AppendOnly(table: str) -> RunSQL:  # noqa: N802
    """No UPDATE, no DELETE, no TRUNCATE by the runtime role; no UPDATE or DELETE by anyone."""
    role = settings.RUNTIME_ROLE
    return RunSQL(
        f"""
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
        CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
        """,
        f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP FUNCTION {table}_append_only();
        GRANT UPDATE, DELETE ON {table} TO {role};
        """,
    )


def Immutable(table: str, except_columns: Sequence[str] = ()) -> RunSQL:  # noqa: N802
    """Rows cannot be deleted or changed, but for the columns named."""
    role = settings.RUNTIME_ROLE
    same = "to_jsonb(OLD)" + "".join(f" - '{column}'" for column in except_columns)
    new = "to_jsonb(NEW)" + "".join(f" - '{column}'" for column in except_columns)
    regrant = f"GRANT UPDATE ({', '.join(except_columns)}) ON {table} TO {role};" if except_columns else ""
    return RunSQL(
        f"""
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
        {regrant}
        CREATE FUNCTION {table}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR {same} IS DISTINCT FROM {new} THEN
                RAISE EXCEPTION '{table} is immutable' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_immutable();
        """,
        f"""
        DROP TRIGGER {table}_immutable ON {table};
        DROP FUNCTION {table}_immutable();
        GRANT UPDATE, DELETE ON {table} TO {role};
        """,
    )


def OnceSettled(table: str) -> RunSQL:  # noqa: N802
    """A row whose ``status`` is no longer ``asked`` stays: nobody takes a second person's word back."""
    return RunSQL(
        f"""
        CREATE FUNCTION {table}_once_settled() RETURNS trigger
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            IF OLD.status <> 'asked' THEN
                RAISE EXCEPTION '{table} is settled' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_once_settled BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_once_settled();
        """,
        f"""
        DROP TRIGGER {table}_once_settled ON {table};
        DROP FUNCTION {table}_once_settled();
        """,
    )


def FilledIn(table: str, columns: Sequence[str]) -> RunSQL:  # noqa: N802
    """The texts in these columns are filled in (`kernel/placeholders.py`) wherever they are written."""
    names = ", ".join(columns)
    arguments = ", ".join(f"'{column}'" for column in columns)
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_filled_in BEFORE INSERT OR UPDATE OF {names} ON {table}
            FOR EACH ROW EXECUTE FUNCTION kernel_filled_in({arguments});
        """,
        f"DROP TRIGGER {table}_filled_in ON {table};",
    )
