"""Deeds on institutions and their people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.scope import current_institution
from ledger.record import record
from tenancy.models import AccessRequest, Branch, Institution, Staff
from tenancy.roles import Permission, Role
from tenancy.scope import forget_institutions
from tenancy.second_person import ask_for, guarded_among
from tenancy.usecase import usecase


class SlugTaken(DomainError):
    code = "slug_taken"
    zh = "机构短名 {slug} 已被使用，请换一个。"
    en = "The short name {slug} is already in use. Please choose another."


class UsernameTaken(DomainError):
    code = "username_taken"
    zh = "账号 {username} 已存在，请换一个。"
    en = "The username {username} already exists. Please choose another."


class UnknownRole(DomainError):
    code = "unknown_role"
    status = 400
    zh = "岗位 {role} 不存在。"
    en = "There is no role {role}."


@usecase(by="system")
def open_institution(
    *,
    actor: Actor,
    slug: str,
    name: str,
    name_en: str,
    sector: str,
    hotline: str,
    complaint_phone: str,
    brand: Mapping[str, str],
    licence: str,
    now: datetime,
) -> Institution:
    """Admit a licensed institution. Call it inside ``scope(new_id())``: that id becomes the institution's.

    Raises SlugTaken.
    """
    if Institution.objects.filter(slug=slug).exists():
        raise SlugTaken(slug=slug)
    institution = Institution.objects.create(
        id=current_institution(),
        slug=slug,
        name=name,
        name_en=name_en,
        sector=sector,
        hotline=hotline,
        complaint_phone=complaint_phone,
        brand=dict(brand),
        licence=licence,
    )
    forget_institutions()
    record(
        "tenancy.institution_opened",
        actor=actor,
        subject=Ref("institution", institution.id),
        at=now,
        sector=sector,
    )
    return institution


@usecase(Permission.MANAGE_INSTITUTION, by="staff_or_system")
def open_branch(*, actor: Actor, name: str, city: str, address: str, now: datetime) -> Branch:
    """Add a branch where services are given."""
    branch: Branch = Branch.objects.create(name=name, city=city, address=address)
    record("tenancy.branch_opened", actor=actor, subject=Ref("branch", branch.id), at=now)
    return branch


class LastDayNeeded(DomainError):
    """Whoever audits reads until a day, and never for good."""

    code = "last_day_needed"
    status = 422
    zh = "审计席位必须有最后一天，请用“开通审计席位”。"
    en = "An auditor seat must have a last day. Please open an auditor seat."


@usecase(Permission.MANAGE_STAFF, by="staff_or_system")
def add_staff(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    roles: Sequence[str],
    branch_id: UUID | None = None,
    access_until: datetime | None = None,
    now: datetime,
) -> Staff:
    """Add a colleague without a password; an invitation lets them set one.

    Posts that decide wait for a second administrator, unless the platform itself adds them.
    Raises UsernameTaken, UnknownRole, LastDayNeeded (an auditor is never without one).
    """
    known: set[Any] = {role.value for role in Role}
    for role in roles:
        if role not in known:
            raise UnknownRole(role=role)
    if Role.AUDITOR.value in roles and access_until is None:
        raise LastDayNeeded
    if Staff.objects.filter(username=username).exists():
        raise UsernameTaken(username=username)
    waiting = guarded_among(roles, held=()) if actor.kind == "staff" else []
    given = [role for role in roles if role not in waiting]
    staff = Staff(
        username=username,
        display_name=display_name,
        roles=given,
        branch_id=branch_id,
        access_until=access_until,
        created_at=now,
    )
    staff.set_unusable_password()
    staff.save(force_insert=True)
    record("tenancy.staff_added", actor=actor, subject=Ref("staff", staff.id), at=now, roles=given)
    if waiting:
        ask_for(staff, AccessRequest.What.ROLES, roles=waiting, actor=actor, now=now)
    return staff
