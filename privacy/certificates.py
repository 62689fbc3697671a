"""From a destruction to its certificate: on the list outside the database first, then in the database.

One process writes at a time. Killed between the two, the next one finds the entry at the end of the list and
only notes it; killed before, the destruction still waits. So none is lost and none is certified twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from kernel.actor import SYSTEM
from kernel.scope import scope
from privacy import destruction_list
from privacy.destruction_list import BackupRestored, ListBusy, ListEntry, ListMissing
from privacy.list_check import list_path, move_newest_inside, newest_inside, refuse_restored_backup
from privacy.models import Destruction
from privacy.queries import uncertified
from privacy.usecases.destructions import certify_destruction, replay_destructions
from tenancy.models import Institution
from tenancy.scope import every_institution

BATCH = 500


def certify_waiting(*, now: datetime) -> int:
    """Certify what waits, at every institution; how many it were. Raises BackupRestored, ListMissing,
    ListShorter, ListAltered.
    """
    path = list_path()
    if path is None:
        return 0
    with destruction_list.writing(path) as mine:
        if not mine:
            return 0
        refuse_restored_backup()
        head, certified = _note_unnoted(path, now), 0
        for _institution in every_institution(reason="all certificates are on one list", ended_too=True):
            for destruction in uncertified():
                head = destruction_list.append(path, head, entry_of(destruction))
                certify_destruction(actor=SYSTEM, entry=head, now=now)
                certified += 1
        return certified


def start_list(path: Path, *, now: datetime) -> ListEntry:
    """Begin the list on a first installation. Raises FileExistsError, and BackupRestored where the database
    has seen a list before.
    """
    inside = newest_inside()
    if inside is not None:
        raise BackupRestored(outside="—", inside=inside[0])
    begun = destruction_list.begin(path, at=now.isoformat())
    move_newest_inside(begun)
    return begun


def write_list_again(path: Path, *, now: datetime) -> ListEntry:
    """Write a lost list again from the certificates that the database has, continuing its numbers.

    Only for a database that was not restored: what it does not know is lost with the list. Raises
    FileExistsError, ListBusy.
    """
    number, digest = newest_inside() or (-1, destruction_list.NOTHING_BEFORE)
    with destruction_list.writing(path) as mine:
        if not mine:
            raise ListBusy
        head = destruction_list.begin(path, at=now.isoformat(), number=number + 1, previous=digest)
        for _institution in every_institution(reason="all certificates are on one list", ended_too=True):
            for destruction in Destruction.objects.filter(listed__isnull=False).order_by("at", "id"):
                head = destruction_list.append(path, head, entry_of(destruction))
        move_newest_inside(head)
    return head


def replay_list(path: Path, *, now: datetime) -> int:
    """Destroy again whatever the list names and the database still has; how many keys it were.

    The whole list is checked on the way, and read once. Safe to run again at any time; killed midway, run it
    again. Raises ListMissing, ListAltered, ListBusy.
    """
    struck = 0
    with destruction_list.writing(path) as mine:
        if not mine:
            raise ListBusy
        head: ListEntry | None = None
        houses = set(Institution.objects.values_list("id", flat=True))
        for batch in _batches(destruction_list.forwards(path)):
            named = sorted(
                (one for one in batch if not one.begins), key=lambda one: one.content["institution"]
            )
            for institution, entries in groupby(named, key=lambda one: UUID(one.content["institution"])):
                if institution not in houses:
                    continue  # opened after the backup: the database has nothing of its people
                with scope(institution):
                    struck += replay_destructions(actor=SYSTEM, entries=list(entries), now=now)
            head = batch[-1]
        if head is None:
            raise ListMissing
        inside = newest_inside()
        if inside is None or inside[0] < head.number:
            move_newest_inside(head)
    return struck


def entry_of(destruction: Destruction) -> dict[str, Any]:
    """What the list says of a destruction: pseudonyms, a reason, counts; nothing personal."""
    return {
        "at": destruction.at.isoformat(),
        "certificate": str(destruction.id),
        "emptied": destruction.emptied,
        "fingerprint": destruction.fingerprint,
        "institution": str(destruction.institution_id),
        "keys": destruction.participants,
        "reason": destruction.reason,
    }


def _note_unnoted(path: Path, now: datetime) -> ListEntry:
    """The head of the list, after what a process that died put there and could not note any more."""
    inside = newest_inside()
    beyond: list[ListEntry] = []
    with closing(destruction_list.backwards(path)) as entries:
        for entry in entries:
            if inside and entry.number <= inside[0]:
                break
            beyond.append(entry)
    for entry in reversed(beyond):
        with scope(UUID(entry.content["institution"])):
            certify_destruction(actor=SYSTEM, entry=entry, now=now)
    return beyond[0] if beyond else destruction_list.head(path)


def _batches(entries: Iterator[ListEntry]) -> Iterator[list[ListEntry]]:
    batch: list[ListEntry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
