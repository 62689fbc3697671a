"""Auditor seats: somebody from outside reads along, masked, until a day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import DomainError, NotFound
from kernel.timekeeping import end_of_day, local_day
from ledger.record import record
from tenancy.colleagues import NotOnOneself
from tenancy.models import Staff
from tenancy.roles import Permission, Role
from tenancy.second_person import ask_again
from tenancy.usecase import usecase
from tenancy.usecases import add_staff

LONGEST_DAYS = 366


class SeatDays(DomainError):
    code = "seat_days"
    status = 422
    zh = "最后一天须在今天到一年之内。"
    en = "The last day must lie between today and a year from now."


@usecase(Permission.MANAGE_STAFF)
def open_auditor_seat(
    *, actor: Actor, username: str, display_name: str, last_day: date, now: datetime
) -> Staff:
    """A colleague who only reads, masked, through the end of the last day, once a second administrator has
    confirmed it. Raises SeatDays, UsernameTaken.
    """
    _check(last_day, now)
    staff = add_staff(
        actor=actor,
        username=username,
        display_name=display_name,
        roles=[Role.AUDITOR.value],
        access_until=end_of_day(last_day),
        now=now,
    )
    record(
        "tenancy.auditor_seat_opened",
        actor=actor,
        subject=Ref("staff", staff.id),
        at=now,
        last_day=last_day.isoformat(),
    )
    return staff


@usecase(Permission.MANAGE_STAFF)
def move_last_day(*, actor: Actor, staff_id: UUID, last_day: date, now: datetime) -> Staff:
    """Let a seat end earlier, or later, for which it waits for a second administrator once more.

    Raises NotFound when it is none, SeatDays, NotOnOneself.
    """
    if actor.id == staff_id:
        raise NotOnOneself
    _check(last_day, now)
    staff: Staff | None = (
        Staff.objects.filter(id=staff_id, access_until__isnull=False).select_for_update().first()
    )
    if staff is None:
        raise NotFound
    before, held = staff.access_until, sorted(staff.roles)
    if before is None or before < end_of_day(last_day):
        ask_again(staff, actor=actor, now=now)
    staff.access_until = end_of_day(last_day)
    staff.save(update_fields=["access_until"])
    record(
        "tenancy.last_day_moved",
        actor=actor,
        subject=Ref("staff", staff.id),
        at=now,
        before=before.isoformat() if before else "",
        last_day=last_day.isoformat(),
        held=held,
    )
    return staff


def _check(last_day: date, now: datetime) -> None:
    today = local_day(now)
    if not today <= last_day or (last_day - today).days > LONGEST_DAYS:
        raise SeatDays
