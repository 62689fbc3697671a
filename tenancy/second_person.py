"""Where one administrator is not enough: what they may only ask for, and who may say yes to it.

Otherwise one person could make a reviewer for their own work, or become the counter and read customers; or
set such a colleague's password, unbind their authenticator and act as them. Posts that decide, that read
records of people, in clear or masked, that redeem or hand data out, and the administrator's own, are guarded;
whoever was shut out, or would stay longer, gets them anew. Taking a post away, giving one that does none of
this, and helping a colleague who does none are one person's deeds.
``tenancy.confirming`` is the second administrator's side.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.actor import Actor, Ref
from kernel.desk_keys import desk_session, sign_at_desk
from kernel.errors import DomainError
from ledger.models import Entry
from ledger.record import record
from tenancy.models import AccessRequest, Staff
from tenancy.notices import notify, settle
from tenancy.queries import colleagues_who_may
from tenancy.roles import MATRIX, Permission, Role

TAKES_TWO = frozenset(
    {
        Permission.DECIDE_REVIEW,
        Permission.REVEAL_PERSONAL,
        Permission.MANAGE_PRIVACY,
        Permission.VIEW_PARTICIPANTS,
        Permission.REDEEM_CODE,
        Permission.REVOKE_GRANT,
        Permission.MAKE_REPORT,
        Permission.IMPORT_CUSTOMERS,
        Permission.MANAGE_STAFF,
    }
)
"""What no post may do that one administrator gives alone. `tenancy.posts_sql` holds the same posts in SQL."""
GUARDED = frozenset(role.value for role in Role if TAKES_TWO & MATRIX[role])
STANDS_FOR = timedelta(days=14)
_SETTLING = ("status", "settled_at", "settled_by", "by_operator", "session", "key", "signature")
LET_IN_AGAIN = ("tenancy.access_reopened", "tenancy.last_day_moved")
ROLES_ASKED, RESET_ASKED = "staff.roles_asked", "staff.reset_asked"


class NeedsSecondPerson(DomainError):
    """The sign-in of somebody whose post takes two is not reset by one administrator."""

    code = "needs_second_person"
    status = 403
    zh = "这位同事担任或曾任审核、服务、审计、管理岗位，重置登录须另一位管理员确认。"
    en = (
        "This colleague reviews, serves, audits or manages, or did; another administrator must confirm the "
        "reset."
    )


def needs_second_person(staff: Staff) -> bool:
    """Whether resetting this colleague's sign-in would let one administrator take a post that takes two.

    Who ever held such a post counts, too: otherwise it would be taken away, the password set, and the post
    asked for again.
    """
    if not staff.has_usable_password():
        return False
    once = sorted(GUARDED)
    taken = Entry.objects.filter(
        Q(verb="tenancy.roles_changed", data__before__has_any_keys=once)
        | Q(verb__in=LET_IN_AGAIN, data__held__has_any_keys=once),
        subject_kind="staff",
        subject_id=staff.id,
    )
    return bool(GUARDED & set(staff.roles)) or taken.exists()


def ask_again(staff: Staff, *, actor: Actor, now: datetime) -> None:
    """Within a use case that lets a colleague in again or longer: posts that take two wait for the second
    administrator, as if they were new.
    """
    waiting = guarded_among(staff.roles, held=())
    if waiting:
        staff.roles = sorted(set(staff.roles) - set(waiting))
        staff.save(update_fields=["roles"])
        ask_for(staff, AccessRequest.What.ROLES, roles=waiting, actor=actor, now=now)


def guarded_among(roles: Collection[str], *, held: Collection[str]) -> list[str]:
    """Those of the roles that are new to their holder and need a second administrator."""
    return sorted(GUARDED & (set(roles) - set(held)))


def waiting_for(staff_id: UUID) -> QuerySet[AccessRequest]:
    """What waits for a second administrator's word on a colleague, one of each kind at most; a lapsed one
    stays until it is dropped or asked anew.
    """
    found: QuerySet[AccessRequest] = AccessRequest.objects.filter(
        staff_id=staff_id, status=AccessRequest.Status.ASKED
    )
    return found.select_related("asked_by").order_by("what", "id")


def other_administrators(actor_id: UUID, staff_id: UUID, *, now: datetime) -> QuerySet[Staff]:
    """Who could confirm what this administrator asks for a colleague."""
    return colleagues_who_may(Permission.MANAGE_STAFF, now=now).exclude(id__in=[actor_id, staff_id])


def ask_for(
    staff: Staff, what: str, *, roles: Collection[str] = (), actor: Actor, now: datetime
) -> AccessRequest:
    """Write down, within the running use case, what waits for confirmation, and tell who could confirm it.

    An older request of the same kind for the same colleague is dropped.
    """
    drop_waiting(staff, what, actor=actor, now=now)
    asked: AccessRequest = AccessRequest.objects.create(
        staff=staff,
        what=what,
        roles=sorted(roles),
        asked_by_id=actor.id,
        asked_at=now,
        expires_at=now + STANDS_FOR,
    )
    subject = Ref("staff", staff.id)
    if what == AccessRequest.What.ROLES:
        record("tenancy.roles_asked", actor=actor, subject=subject, at=now, roles=asked.roles)
    else:
        record("tenancy.reset_asked", actor=actor, subject=subject, at=now, what=what)
    people = other_administrators(actor.id, staff.id, now=now).values_list("id", flat=True)
    notify(people, kind=_notice_of(asked), subject=subject, source=asked.id, by=actor.id, now=now)
    return asked


def drop_waiting(staff: Staff, what: str, *, actor: Actor, now: datetime) -> None:
    """Let go, within the running use case, of what waits of this kind."""
    for older in waiting_for(staff.id).filter(what=what):
        settle_request(older, AccessRequest.Status.DROPPED, actor=actor, now=now)


def settle_request(asked: AccessRequest, status: str, *, actor: Actor, now: datetime) -> None:
    """Close a request, within the running use case; its notices ask for nothing any more."""
    asked.status, asked.settled_at = status, now
    asked.settled_by_id = actor.id if actor.kind == "staff" else None
    asked.by_operator = actor.kind == "system"
    if status == AccessRequest.Status.CONFIRMED and actor.kind == "staff":
        _sign(asked)
    asked.save(update_fields=_SETTLING)
    settle([_notice_of(asked)], subject=Ref("staff", asked.staff_id), source=asked.id, now=now)


def _sign(asked: AccessRequest) -> None:
    """Put the desk's signature under the second administrator's word; the database asks for it."""
    asked.session = desk_session.get()
    told = (
        "hequ-access-1", str(asked.institution_id), str(asked.id), str(asked.staff_id), asked.what,
        ",".join(asked.roles), str(asked.asked_by_id), str(asked.settled_by_id), asked.session,
    )  # fmt: skip
    signed = sign_at_desk(told)
    asked.key, asked.signature = signed.key, signed.signature


def _notice_of(asked: AccessRequest) -> str:
    return ROLES_ASKED if asked.what == AccessRequest.What.ROLES else RESET_ASKED
