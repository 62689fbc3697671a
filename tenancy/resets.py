"""Resetting the sign-in of somebody who decides needs two administrators, as giving them the post does.

Otherwise one administrator could set a reviewer's password, unbind their authenticator and approve as them.
Colleagues who decide nothing are helped by one administrator (``tenancy.access``, ``tenancy.colleagues``).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, NotFound
from ledger.record import record
from tenancy.access import open_invitation
from tenancy.colleagues import NotOnOneself, forget_second_factor
from tenancy.grants import check_second_person, other_administrators
from tenancy.models import ResetRequest, Staff
from tenancy.notices import notify
from tenancy.roles import Permission
from tenancy.usecase import usecase

ASKED = "staff.reset_asked"


def resets_waiting(staff_id: UUID) -> QuerySet[ResetRequest]:
    """What waits for a second administrator's word on a colleague's sign-in; two at most."""
    found: QuerySet[ResetRequest] = ResetRequest.objects.filter(
        staff_id=staff_id, status=ResetRequest.Status.ASKED
    )
    return found.select_related("asked_by").order_by("what")


@usecase(Permission.MANAGE_STAFF)
def ask_reset(*, actor: Actor, staff_id: UUID, what: str, now: datetime) -> ResetRequest:
    """Ask for a new password link or an unbound authenticator; an older request of the same kind is dropped.

    Raises NotFound, NotOnOneself, BadRequest.
    """
    if actor.id == staff_id:
        raise NotOnOneself
    if what not in ResetRequest.What.values:
        raise BadRequest
    staff: Staff = Staff.objects.locked(staff_id)
    older = resets_waiting(staff.id).filter(what=what)
    older.update(status=ResetRequest.Status.DROPPED, settled_by_id=actor.id, settled_at=now)
    asked: ResetRequest = ResetRequest.objects.create(
        staff=staff, what=what, asked_by_id=actor.id, asked_at=now
    )
    subject = Ref("staff", staff.id)
    record("tenancy.reset_asked", actor=actor, subject=subject, at=now, what=what)
    people = other_administrators(actor.id, staff.id).values_list("id", flat=True)
    notify(people, kind=ASKED, subject=subject, source=asked.id, by=actor.id, now=now)
    return asked


@usecase(Permission.MANAGE_STAFF, by="staff_or_system")
def confirm_reset(*, actor: Actor, request_id: UUID, now: datetime) -> tuple[Staff, str]:
    """Do what another administrator asked for. The token of the new invitation, shown this once; empty when
    the authenticator was unbound.

    The platform's operator may stand in for an institution with a single administrator.
    Raises NotFound, OwnRequest, AskerLeft.
    """
    asked = _asked(request_id)
    check_second_person(actor, asked, now=now)
    staff: Staff = Staff.objects.locked(asked.staff_id)
    token = ""
    if asked.what == ResetRequest.What.PASSWORD:
        token, verb = open_invitation(staff, now=now), "tenancy.staff_invited"
    else:
        forget_second_factor(staff)
        verb = "tenancy.second_factor_cleared"
    _settle(asked, ResetRequest.Status.CONFIRMED, actor, now)
    subject = Ref("staff", staff.id)
    record(verb, actor=actor, subject=subject, at=now, asked_by=str(asked.asked_by_id))
    return staff, token


@usecase(Permission.MANAGE_STAFF)
def drop_reset(*, actor: Actor, request_id: UUID, now: datetime) -> Staff:
    """Let a request be that nobody confirmed. Raises NotFound."""
    asked = _asked(request_id)
    _settle(asked, ResetRequest.Status.DROPPED, actor, now)
    subject = Ref("staff", asked.staff_id)
    record("tenancy.reset_dropped", actor=actor, subject=subject, at=now, what=asked.what)
    return asked.staff


def _asked(request_id: UUID) -> ResetRequest:
    found = ResetRequest.objects.filter(id=request_id, status=ResetRequest.Status.ASKED)
    asked: ResetRequest | None = (
        found.select_related("staff", "asked_by").select_for_update(of=("self",)).first()
    )
    if asked is None:
        raise NotFound
    return asked


def _settle(asked: ResetRequest, status: str, actor: Actor, now: datetime) -> None:
    asked.status, asked.settled_at = status, now
    asked.settled_by_id = actor.id if actor.kind == "staff" else None
    asked.by_operator = actor.kind == "system"
    asked.save(update_fields=["status", "settled_at", "settled_by", "by_operator"])
