"""Checking the seals without being asked, and telling people when they do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from analytics.queries.patrol import last_round
from kernel.actor import Actor, Ref
from kernel.scope import current_institution
from ledger.models import Seal
from ledger.record import record
from ledger.sealing import Broken, Checked, check_stretch
from tenancy.models import Staff
from tenancy.notices import notify
from tenancy.roles import Role
from tenancy.usecase import usecase

NEWEST = 100
STRETCH = 500
MOST_NAMED = 20
BROKEN = "ledger.broken"
_TOLD = (Role.ADMINISTRATOR, Role.AUDITOR, Role.COMPLIANCE)


@usecase(by="system")
def patrol_ledger(*, actor: Actor, now: datetime) -> Checked:
    """Compute the newest seals again, and the next stretch of the older ones; round and round.

    A seal that did not hold is computed again in every round until it does: the alarm lasts as long as the
    fault.

    The newest seal is recorded with its digest, so that seals which vanish from the end are missed, and so
    are those that were made anew over a changed history: both stay faults until the old seal is back. Seals
    that do not hold are recorded by number, and administrators, auditors and compliance are told, once for
    each.
    """
    before = last_round()
    newest = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    start = before.get("last", 0) + 1
    start = start if start <= newest else 1
    end = min(start + STRETCH - 1, newest)
    rounds = [check_stretch(first=start, last=end)]
    if end < newest:
        rounds.append(check_stretch(first=max(end + 1, newest - NEWEST + 1), last=newest))
    looked_at = {*range(start, end + 1), *range(max(end + 1, newest - NEWEST + 1), newest + 1)}
    rounds += [check_stretch(first=one, last=one) for one in before.get("broken", []) if one not in looked_at]
    faults = [fault for one in rounds for fault in one.faults]
    known = before.get("newest", 0)
    if newest < known:
        faults.append(Broken(newest + 1, "missing"))
    elif before.get("digest") and _digest_of(known) != before["digest"]:
        faults.append(Broken(known, "replaced"))
    else:
        before = {"newest": newest, "digest": _digest_of(newest)}
    checked = Checked(sum(one.seals for one in rounds), sum(one.entries for one in rounds), 0, tuple(faults))
    house = Ref("institution", current_institution())
    record(
        "ledger.patrolled",
        actor=actor,
        subject=house,
        at=now,
        seals=checked.seals,
        entries=checked.entries,
        faults=len(faults),
        broken=_numbers(faults),
        last=end,
        newest=before["newest"],
        digest=before.get("digest", ""),
    )
    if faults:
        _raise_alarm(faults, actor, house, now)
    return checked


def _digest_of(number: int) -> str:
    """A seal's digest in hexadecimal; empty where there is none of that number."""
    found = Seal.objects.filter(number=number).values_list("digest", flat=True).first()
    return bytes(found).hex() if found else ""


def _numbers(faults: Sequence[Broken]) -> list[int]:
    """The first broken seals by number, as many as a row of the ledger names."""
    return sorted({one.number for one in faults})[:MOST_NAMED]


def _raise_alarm(faults: Sequence[Broken], actor: Actor, house: Ref, now: datetime) -> None:
    numbers = _numbers(faults)
    record(
        BROKEN,
        actor=actor,
        subject=house,
        at=now,
        broken=numbers,
        count=len({one.number for one in faults}),
        kinds=sorted({one.fault for one in faults}),
    )
    people = Staff.objects.filter(is_active=True, roles__overlap=[role.value for role in _TOLD])
    source = uuid5(NAMESPACE_OID, f"{house.id}:{numbers}")
    notify(people.values_list("id", flat=True), kind=BROKEN, subject=house, source=source, now=now)
