"""What follows a destruction: its certificate, and doing it again after a backup was restored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.defer import defer
from ledger.record import record
from privacy.destruction_list import ListEntry
from privacy.list_check import move_newest_inside
from privacy.models import Destruction, ListedDestruction, Participant
from privacy.usecases.forgetting import empty_people
from tenancy.usecase import usecase


@usecase(by="system")
def certify_destruction(*, actor: Actor, entry: ListEntry, now: datetime) -> ListedDestruction:
    """Note that a certificate stands on the list outside the database: from now on it is one."""
    certificate = UUID(entry.content["certificate"])
    listed: ListedDestruction = ListedDestruction.objects.create(
        destruction_id=certificate, number=entry.number, digest=entry.digest, at=now
    )
    move_newest_inside(entry)
    record(
        "privacy.destruction_certified", actor=actor, subject=Ref("destruction", certificate), at=now,
        number=entry.number, digest=entry.digest,
    )  # fmt: skip
    return listed


@usecase(by="system", may_do_nothing=True)
def replay_destructions(*, actor: Actor, entries: Sequence[ListEntry], now: datetime) -> int:
    """Destroy again what these entries of the list name and this database still has; how many keys it were.

    Their certificates come back, too. A hold of the database's past does not keep what was destroyed since.
    """
    named = {UUID(key): entry for entry in entries for key in entry.content["keys"]}
    back = list(
        Participant.objects.select_for_update()
        .filter(pk__in=named)
        .exclude(state=Participant.State.FORGOTTEN)
        .order_by("id")
    )
    if back:
        empty_people(back, now=now)
        defer("rewards.tasks.sweep_expired")
    for each in back:
        told = named[each.id].content
        record(
            "privacy.forgotten", actor=actor, subject=Ref("participant", each.id), at=now,
            reason=told["reason"], certificate=told["certificate"], fingerprint=told["fingerprint"],
        )  # fmt: skip
    known = set(
        ListedDestruction.objects.filter(
            destruction_id__in=[UUID(entry.content["certificate"]) for entry in entries]
        ).values_list("destruction_id", flat=True)
    )
    for entry in entries:
        if UUID(entry.content["certificate"]) not in known:
            _bring_back(actor, entry, now=now)
    return len(back)


def _bring_back(actor: Actor, entry: ListEntry, *, now: datetime) -> None:
    """The certificate as it was."""
    told = entry.content
    certificate, _new = Destruction.objects.get_or_create(
        pk=UUID(told["certificate"]),
        defaults={
            "reason": told["reason"],
            "at": datetime.fromisoformat(told["at"]),
            "participants": told["keys"],
            "emptied": told["emptied"],
            "fingerprint": told["fingerprint"],
        },
    )
    ListedDestruction.objects.create(
        destruction=certificate, number=entry.number, digest=entry.digest, at=now
    )
    record(
        "privacy.destruction_replayed", actor=actor, subject=Ref("destruction", certificate.id), at=now,
        number=entry.number, digest=entry.digest,
    )  # fmt: skip
