"""The second administrator's word: what one asked for (``tenancy.second_person``), another confirms or drops.

Neither who asked nor whom it is for confirms; a request stands for two weeks and falls with who asked.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from ledger.record import record
from tenancy.access import open_invitation
from tenancy.colleagues import NotOnOneself, forget_second_factor, set_roles
from tenancy.models import AccessRequest, Invitation, Staff
from tenancy.roles import Permission
from tenancy.second_person import ask_for, settle_request
from tenancy.usecase import usecase

RESETS = frozenset({AccessRequest.What.PASSWORD.value, AccessRequest.What.SECOND_FACTOR.value})


class OwnRequest(DomainError):
    """Four eyes: neither who asked nor whom it is for confirms it."""

    code = "own_request"
    status = 403
    zh = "这份申请由您提出或与您本人有关，请另一位管理员确认。"
    en = "You asked for this, or it concerns you; another administrator must confirm it."


class AskerLeft(DomainError):
    """Four eyes need two administrators at the time of the second look."""

    code = "asker_left"
    zh = "提出人已不再是管理员，这份申请不能确认。请放弃后由在任管理员重新提出。"
    en = "Whoever asked is no longer an administrator. Please drop the request and ask anew."


class RequestLapsed(DomainError):
    """Nobody confirms what was asked for weeks ago."""

    code = "request_lapsed"
    zh = "这份申请已过期，不能确认。如仍需要，请管理员重新提出。"
    en = "This request has lapsed and cannot be confirmed. If it is still needed, please ask anew."


@usecase(Permission.MANAGE_STAFF)
def ask_reset(*, actor: Actor, staff_id: UUID, what: str, now: datetime) -> AccessRequest:
    """Ask for a new password link or an unbound authenticator; an older request of the same kind is dropped.

    Raises NotFound, NotOnOneself, BadRequest.
    """
    if actor.id == staff_id:
        raise NotOnOneself
    if what not in RESETS:
        raise BadRequest
    staff: Staff = Staff.objects.locked(staff_id)
    return ask_for(staff, what, actor=actor, now=now)


@usecase(Permission.MANAGE_STAFF, by="staff_or_system")
def confirm_request(*, actor: Actor, request_id: UUID, now: datetime) -> tuple[Staff, str]:
    """Do what another administrator asked for. The token of a new invitation, shown this once; empty where
    roles were given or the authenticator was unbound. Roles count from the colleague's next request.

    The platform's operator may stand in for an institution with a single administrator.
    Raises NotFound, OwnRequest, AskerLeft, RequestLapsed.
    """
    asked = _waiting(request_id)
    if actor.kind == "staff" and actor.id in (asked.asked_by_id, asked.staff_id):
        raise OwnRequest
    asker = asked.asked_by
    gone = asker.access_until is not None and asker.access_until <= now
    if gone or not asker.is_active or not asker.may(Permission.MANAGE_STAFF):
        raise AskerLeft
    if asked.expires_at <= now:
        raise RequestLapsed
    settle_request(asked, AccessRequest.Status.CONFIRMED, actor=actor, now=now)
    if asked.what == AccessRequest.What.ROLES:
        _lapse_links(asked.staff, now)
        held = {*asked.staff.roles, *asked.roles}
        set_roles(asked.staff, held, actor=actor, asked_by=asked.asked_by_id, now=now)
        return asked.staff, ""
    subject, asked_by = Ref("staff", asked.staff_id), str(asked.asked_by_id)
    if asked.what == AccessRequest.What.PASSWORD:
        token = open_invitation(asked.staff, now=now)
        record("tenancy.staff_invited", actor=actor, subject=subject, at=now, asked_by=asked_by)
        return asked.staff, token
    forget_second_factor(asked.staff)
    record("tenancy.second_factor_cleared", actor=actor, subject=subject, at=now, asked_by=asked_by)
    return asked.staff, ""


@usecase(Permission.MANAGE_STAFF)
def drop_request(*, actor: Actor, request_id: UUID, now: datetime) -> Staff:
    """Let a request be that nobody confirmed. Raises NotFound."""
    asked = _waiting(request_id)
    settle_request(asked, AccessRequest.Status.DROPPED, actor=actor, now=now)
    subject = Ref("staff", asked.staff_id)
    if asked.what == AccessRequest.What.ROLES:
        record("tenancy.roles_dropped", actor=actor, subject=subject, at=now)
    else:
        record("tenancy.reset_dropped", actor=actor, subject=subject, at=now, what=asked.what)
    return asked.staff


def _waiting(request_id: UUID) -> AccessRequest:
    """The request, held; its colleague is held first, as by whoever asks anew. Raises NotFound."""
    found = AccessRequest.objects.filter(id=request_id, status=AccessRequest.Status.ASKED)
    staff_id = found.values_list("staff_id", flat=True).first()
    if staff_id is None:
        raise NotFound
    staff: Staff = Staff.objects.locked(staff_id)
    asked: AccessRequest | None = found.select_related("asked_by").select_for_update(of=("self",)).first()
    if asked is None:
        raise NotFound
    asked.staff = staff
    return asked


def _lapse_links(staff: Staff, now: datetime) -> None:
    """Who has a password gets no other by a link from before the post."""
    if staff.has_usable_password():
        Invitation.objects.filter(staff=staff, used_at=None).update(used_at=now)
