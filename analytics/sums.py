"""Adding counts to rows that may or may not be there yet, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from kernel.ids import new_id
from kernel.scope import current_institution


def add_up(
    model: type[Model], *, keys: Sequence[str], sums: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Add each row's sums to the row of its keys, in the open institution. Rows are ``(*keys, *sums)``.

    Column names come from our own code, values are parameters. The keys, with the institution, must be the
    model's unique constraint.
    """
    if not rows:
        return
    table = model._meta.db_table
    columns = ("id", "institution_id", *keys, *sums)
    one = f"({', '.join(['%s'] * len(columns))})"
    added = ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in sums)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))} "  # noqa: S608
        f"ON CONFLICT (institution_id, {', '.join(keys)}) DO UPDATE SET {added}"
    )
    institution = current_institution()
    values = [value for row in sorted(rows, key=repr) for value in (new_id(), institution, *row)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
