"""Whether the database is as new as the list of destructions outside it. Asked at every start, and again
whenever a key of an institution is unwrapped, which each process does once a minute at least.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from kernel.scope import scope
from privacy.destruction_list import BackupRestored, ListAltered, ListEntry, ListShorter, backwards
from privacy.models import Destruction


def list_path() -> Path | None:
    """Where the list is; nowhere only in tests, which then certify nothing."""
    return Path(settings.DESTRUCTION_LIST) if settings.DESTRUCTION_LIST else None


def newest_inside() -> tuple[int, str] | None:
    """The newest entry that the database has seen: number and digest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, digest FROM privacy_listhead")
        row = cursor.fetchone()
    return (int(row[0]), str(row[1])) if row else None


def move_newest_inside(entry: ListEntry) -> None:
    """Within a use case or command: the database has seen this entry. It never goes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_list_seen(%s, %s)", [entry.number, entry.digest])


def refuse_restored_backup() -> None:
    """Raises BackupRestored, ListMissing, ListShorter, ListAltered; says nothing while all is well.

    The database is read first: the list is always written before it. What the list has beyond it may be under
    way just now, or a crash's: then the database knows the certificate.
    """
    path = list_path()
    if path is None:
        return
    inside = newest_inside()
    outside: int | None = None
    with closing(backwards(path)) as entries:
        for entry in entries:
            outside = entry.number if outside is None else outside
            if inside and entry.number == inside[0]:
                if entry.digest != inside[1]:
                    raise ListAltered(number=entry.number)
                return
            if inside and entry.number < inside[0]:
                raise ListShorter(outside=outside, inside=inside[0])
            if not known_inside(entry):
                raise BackupRestored(outside=outside, inside=inside[0] if inside else "—")


def known_inside(entry: ListEntry) -> bool:
    """Whether the database has the certificate, and with it the destruction."""
    if entry.begins:
        return False
    with scope(UUID(entry.content["institution"])):
        return bool(Destruction.objects.filter(pk=UUID(entry.content["certificate"])).exists())
