"""Posts that decide need two administrators: one asks, another confirms, and neither is whom it is for.

Otherwise one person could make a reviewer for their own work. Posts that decide, and the administrator's own,
are guarded; taking a post away, or giving one that decides nothing, is one person's deed as before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kernel.actor import Actor, Ref
from kernel.errors import DomainError, NotFound
from ledger.models import Entry
from ledger.record import record
from tenancy.models import Invitation, ResetRequest, RoleRequest, Staff
from tenancy.notices import notify
from tenancy.roles import MATRIX, Permission, Role
from tenancy.usecase import usecase

GUARDED = frozenset(
    role.value for role in Role if role == Role.ADMINISTRATOR or Permission.DECIDE_REVIEW in MATRIX[role]
)
ASKED = "staff.roles_asked"


class OwnRequest(DomainError):
    """Four eyes: neither who asked nor whom it is for confirms it."""

    code = "own_request"
    status = 403
    zh = "岗位由您提出或与您本人有关，请另一位管理员确认。"
    en = "You asked for these roles, or they are yours; another administrator must confirm them."


class AskerLeft(DomainError):
    """Four eyes need two administrators at the time of the second look."""

    code = "asker_left"
    zh = "提出人已不再是管理员，这份申请不能确认。请放弃后由在任管理员重新提出。"
    en = "Whoever asked is no longer an administrator. Please drop the request and ask anew."


class NeedsSecondPerson(DomainError):
    """The sign-in of somebody who decides is not reset by one administrator."""

    code = "needs_second_person"
    status = 403
    zh = "这位同事担任或曾任审核、管理岗位，重置登录须另一位管理员确认。"
    en = "This colleague reviews or manages, or did; another administrator must confirm the reset."


def needs_second_person(staff: Staff) -> bool:
    """Whether resetting this colleague's sign-in would let one administrator take a post that decides.

    Who ever held such a post counts, too: otherwise it would be taken away, the password set, and the post
    asked for again.
    """
    if not staff.has_usable_password():
        return False
    taken = Entry.objects.filter(
        verb="tenancy.roles_changed",
        subject_kind="staff",
        subject_id=staff.id,
        data__before__has_any_keys=sorted(GUARDED),
    )
    return bool(GUARDED & set(staff.roles)) or taken.exists()


def check_second_person(actor: Actor, asked: RoleRequest | ResetRequest, *, now: datetime) -> None:
    """Whoever confirms is neither who asked nor whom it is for, and who asked still holds the post.

    The platform's operator may confirm for a house with a single administrator. Raises OwnRequest, AskerLeft.
    """
    if actor.kind == "staff" and actor.id in (asked.asked_by_id, asked.staff_id):
        raise OwnRequest
    asker = asked.asked_by
    expired = asker.access_until is not None and asker.access_until <= now
    if expired or not asker.is_active or not asker.may(Permission.MANAGE_STAFF):
        raise AskerLeft


def guarded_among(roles: Collection[str], *, held: Collection[str]) -> list[str]:
    """Those of the roles that are new to their holder and need a second administrator."""
    return sorted(GUARDED & (set(roles) - set(held)))


def waiting_for(staff_id: UUID) -> RoleRequest | None:
    """What waits for a second administrator's word on a colleague."""
    found: RoleRequest | None = (
        RoleRequest.objects.filter(staff_id=staff_id, status=RoleRequest.Status.ASKED)
        .select_related("asked_by")
        .first()
    )
    return found


def other_administrators(actor_id: UUID, staff_id: UUID) -> QuerySet[Staff]:
    """Who could confirm what this administrator asks for."""
    holders: QuerySet[Staff] = Staff.objects.filter(
        is_active=True, roles__contains=[Role.ADMINISTRATOR.value]
    )
    return holders.exclude(id__in=[actor_id, staff_id])


def ask_for(staff: Staff, roles: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Write down, within the running use case, that these roles wait for confirmation; an older request of
    the same colleague is dropped. Without new roles the older request is all that goes.
    """
    older = RoleRequest.objects.filter(staff=staff, status=RoleRequest.Status.ASKED)
    older.update(status=RoleRequest.Status.DROPPED, settled_by_id=actor.id, settled_at=now)
    if not roles:
        return
    asked = RoleRequest.objects.create(staff=staff, roles=sorted(roles), asked_by_id=actor.id, asked_at=now)
    subject = Ref("staff", staff.id)
    record("tenancy.roles_asked", actor=actor, subject=subject, at=now, roles=asked.roles)
    people = other_administrators(actor.id, staff.id).values_list("id", flat=True)
    notify(people, kind=ASKED, subject=subject, source=asked.id, by=actor.id, now=now)


@usecase(Permission.MANAGE_STAFF, by="staff_or_system")
def confirm_roles(*, actor: Actor, request_id: UUID, now: datetime) -> Staff:
    """Give a colleague the roles another administrator asked for; they count from the next request.

    The platform's operator may stand in for an institution with a single administrator. Links by which
    somebody could still set another password for a colleague who has one lapse.
    Raises NotFound, OwnRequest, AskerLeft.
    """
    asked = _asked(request_id)
    check_second_person(actor, asked, now=now)
    staff: Staff = Staff.objects.locked(asked.staff_id)
    if staff.has_usable_password():
        Invitation.objects.filter(staff=staff, used_at=None).update(used_at=now)
    before = sorted(staff.roles)
    staff.roles = sorted({*staff.roles, *asked.roles})
    staff.save(update_fields=["roles"])
    _settle(asked, RoleRequest.Status.CONFIRMED, actor, now)
    record(
        "tenancy.roles_changed",
        actor=actor,
        subject=Ref("staff", staff.id),
        at=now,
        before=before,
        after=staff.roles,
        asked_by=str(asked.asked_by_id),
    )
    return staff


@usecase(Permission.MANAGE_STAFF)
def drop_roles(*, actor: Actor, request_id: UUID, now: datetime) -> Staff:
    """Let a request be that nobody confirmed. Raises NotFound."""
    asked = _asked(request_id)
    _settle(asked, RoleRequest.Status.DROPPED, actor, now)
    record("tenancy.roles_dropped", actor=actor, subject=Ref("staff", asked.staff_id), at=now)
    return asked.staff


def _asked(request_id: UUID) -> RoleRequest:
    found = RoleRequest.objects.filter(id=request_id, status=RoleRequest.Status.ASKED)
    asked: RoleRequest | None = (
        found.select_related("staff", "asked_by").select_for_update(of=("self",)).first()
    )
    if asked is None:
        raise NotFound
    return asked


def _settle(asked: RoleRequest, status: str, actor: Actor, now: datetime) -> None:
    asked.status, asked.settled_at = status, now
    asked.settled_by_id = actor.id if actor.kind == "staff" else None
    asked.by_operator = actor.kind == "system"
    asked.save(update_fields=["status", "settled_at", "settled_by", "by_operator"])
