"""Substitutes: somebody of the same post speaks for an absent colleague, from a day to a day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from compliance.models import Substitute
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.models import Staff
from tenancy.roles import Permission
from tenancy.usecase import usecase


class NotTheSamePost(DomainError):
    code = "not_the_same_post"
    zh = "替代人必须与本人同岗。"
    en = "A substitute must hold the same post."


@usecase(Permission.DECIDE_REVIEW)
def name_substitute(
    *, actor: Actor, role: str, substitute_id: UUID, first_day: date, last_day: date, now: datetime
) -> Substitute:
    """Name who speaks for me in a post while I am away. Raises NotFound, NotTheSamePost, BadRequest."""
    other = Staff.objects.filter(id=substitute_id, is_active=True).first()
    if other is None:
        raise NotFound
    if first_day > last_day or last_day < local_day(now) or substitute_id == actor.id:
        raise BadRequest
    if role not in actor.roles or role not in other.roles:
        raise NotTheSamePost
    named: Substitute = Substitute.objects.create(
        role=role,
        absent_id=actor.id,
        substitute_id=substitute_id,
        first_day=first_day,
        last_day=last_day,
        named_by_id=actor.id,
        at=now,
    )
    record(
        "compliance.substitute_named",
        actor=actor,
        subject=Ref("substitute", named.id),
        at=now,
        role=role,
        substitute=str(substitute_id),
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
    )
    return named
