"""Deeds of the administrator on colleagues: roles, access, a lost second factor. Never on oneself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from ledger.record import record
from tenancy.models import AccessRequest, RecoveryCode, Staff, TotpDevice
from tenancy.roles import Permission, Role
from tenancy.second_person import (
    NeedsSecondPerson,
    ask_again,
    ask_for,
    drop_waiting,
    guarded_among,
    needs_second_person,
)
from tenancy.usecase import usecase
from tenancy.usecases import UnknownRole


class Deed(Protocol):
    """A deed on one colleague that needs nothing but who and when."""

    def __call__(self, *, actor: Actor, staff_id: UUID, now: datetime) -> Staff: ...


class NotOnOneself(DomainError):
    code = "not_on_oneself"
    zh = "不能对自己的账户这样做，请由另一位管理员办理。"
    en = "You cannot do this to your own account. Please ask another administrator."


class RolesMissing(DomainError):
    code = "roles_missing"
    status = 422
    zh = "请至少选择一个岗位。"
    en = "Please choose at least one role."


class SeatReadsOnly(DomainError):
    """An auditor seat reads and does nothing else: it is opened with its last day, nobody's second post."""

    code = "seat_reads_only"
    zh = "审计席位只能看，不能兼任其他岗位。请另外添加人员。"
    en = "An auditor seat only reads and can hold no other role. Please add a colleague instead."


@usecase(Permission.MANAGE_STAFF)
def change_roles(*, actor: Actor, staff_id: UUID, roles: Sequence[str], now: datetime) -> Staff:
    """Give a colleague these roles and no others; it counts from their next request.

    Posts that decide, where they are new, wait for a second administrator; what waited before is dropped.
    Raises NotOnOneself, RolesMissing, UnknownRole, SeatReadsOnly.
    """
    staff = _colleague(actor, staff_id)
    if not roles:
        raise RolesMissing
    unknown = set(roles) - {role.value for role in Role}
    if unknown:
        raise UnknownRole(role=sorted(unknown)[0])
    if (staff.is_auditor_seat or Role.AUDITOR.value in roles) and set(roles) != set(staff.roles):
        raise SeatReadsOnly
    waiting = guarded_among(roles, held=staff.roles)
    set_roles(staff, set(roles) - set(waiting), actor=actor, now=now)
    if waiting:
        ask_for(staff, AccessRequest.What.ROLES, roles=waiting, actor=actor, now=now)
    else:
        drop_waiting(staff, AccessRequest.What.ROLES, actor=actor, now=now)
    return staff


def set_roles(
    staff: Staff, roles: Collection[str], *, actor: Actor, asked_by: UUID | None = None, now: datetime
) -> None:
    """Give these roles and no others, within the running use case; ``asked_by`` where another asked."""
    before = sorted(staff.roles)
    staff.roles = sorted(roles)
    staff.save(update_fields=["roles"])
    told: dict[str, Any] = {"asked_by": str(asked_by)} if asked_by else {}  # Any: what an entry may hold
    subject = Ref("staff", staff.id)
    record(
        "tenancy.roles_changed",
        actor=actor,
        subject=subject,
        at=now,
        before=before,
        after=staff.roles,
        **told,
    )


@usecase(Permission.MANAGE_STAFF)
def close_access(*, actor: Actor, staff_id: UUID, now: datetime) -> Staff:
    """Shut a colleague out: their sessions end with the next request. Raises NotOnOneself."""
    staff = _colleague(actor, staff_id)
    staff.is_active = False
    staff.session_epoch += 1
    staff.save(update_fields=["is_active", "session_epoch"])
    record("tenancy.access_closed", actor=actor, subject=Ref("staff", staff.id), at=now)
    return staff


@usecase(Permission.MANAGE_STAFF)
def reopen_access(*, actor: Actor, staff_id: UUID, now: datetime) -> Staff:
    """Let a colleague in again, with the password and second factor they had.

    Posts that take two wait for a second administrator. Raises NotOnOneself.
    """
    staff = _colleague(actor, staff_id)
    held = sorted(staff.roles)
    ask_again(staff, actor=actor, now=now)
    staff.is_active = True
    staff.save(update_fields=["is_active"])
    subject = Ref("staff", staff.id)
    record("tenancy.access_reopened", actor=actor, subject=subject, at=now, held=held)
    return staff


@usecase(Permission.MANAGE_STAFF)
def clear_second_factor(*, actor: Actor, staff_id: UUID, now: datetime) -> Staff:
    """For a lost phone: the next sign-in sets up a new one. Ends all sessions.

    Raises NotOnOneself; NeedsSecondPerson where the colleague decides (``tenancy.confirming``).
    """
    staff = _colleague(actor, staff_id)
    if needs_second_person(staff):
        raise NeedsSecondPerson
    forget_second_factor(staff)
    record("tenancy.second_factor_cleared", actor=actor, subject=Ref("staff", staff.id), at=now)
    return staff


def forget_second_factor(staff: Staff) -> None:
    """Unbind the authenticator and end all sessions, within the running use case."""
    TotpDevice.objects.filter(staff=staff).delete()
    RecoveryCode.objects.filter(staff=staff).delete()
    staff.session_epoch += 1
    staff.save(update_fields=["session_epoch"])


def _colleague(actor: Actor, staff_id: UUID) -> Staff:
    if actor.id == staff_id:
        raise NotOnOneself
    staff: Staff = Staff.objects.locked(staff_id)
    return staff
