"""Substitutes: somebody of the same post speaks for an absent colleague, from a day to a day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from compliance.models import Decision, Review, Substitute
from compliance.notices import tell_substitute
from compliance.queries import writers_of
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.models import Staff
from tenancy.roles import Permission, allows
from tenancy.usecase import usecase

MOST_DAYS = 366


class NotTheSamePost(DomainError):
    code = "not_the_same_post"
    zh = "替代人必须与本人同岗。"
    en = "A substitute must hold the same post."


class DaysOutOfOrder(DomainError):
    code = "days_out_of_order"
    status = 422
    zh = "请检查日期：最后一天不能早于第一天或今天，时间不超过一年。"
    en = "Please check the days: the last may be neither before the first nor before today, within one year."


class AlreadySubstituted(DomainError):
    """One voice for one post on one day."""

    code = "already_substituted"
    zh = "这段时间您已经请 {name} 替代这个岗位。如需换人，请先提前结束原来的安排。"
    en = "{name} already stands in for you in this post in that time. To change, end that arrangement first."


@usecase(Permission.DECIDE_REVIEW)
def name_substitute(
    *, actor: Actor, role: str, substitute_id: UUID, first_day: date, last_day: date, now: datetime
) -> Substitute:
    """Name who speaks for me in a post while I am away. They are told.

    Raises NotFound, NotTheSamePost, DaysOutOfOrder, AlreadySubstituted, BadRequest (oneself).
    """
    Staff.objects.locked(actor.id)  # two at once would not see each other's days
    other = Staff.objects.filter(id=substitute_id, is_active=True).exclude(access_until__lte=now).first()
    if other is None:
        raise NotFound
    if substitute_id == actor.id:
        raise BadRequest
    if first_day > last_day or last_day < local_day(now) or (last_day - first_day).days > MOST_DAYS:
        raise DaysOutOfOrder
    if role not in actor.roles or role not in other.roles or not allows([role], Permission.DECIDE_REVIEW):
        raise NotTheSamePost
    overlapping = Substitute.objects.filter(
        absent_id=actor.id, role=role, first_day__lte=last_day, last_day__gte=first_day, ended_at=None
    ).select_related("substitute")
    if standing := overlapping.first():
        raise AlreadySubstituted(name=standing.substitute.display_name)
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
    tell_substitute(named, now=now)
    return named


@usecase(Permission.DECIDE_REVIEW)
def end_substitute(*, actor: Actor, named_id: UUID, now: datetime) -> Substitute:
    """End an arrangement early, as the absent colleague or the one standing in; it counts from now on.

    Raises NotFound: also when it is somebody else's, or over.
    """
    named: Substitute | None = (
        Substitute.objects.filter(id=named_id, ended_at=None, last_day__gte=local_day(now))
        .select_for_update()
        .first()
    )
    if named is None or actor.id not in (named.absent_id, named.substitute_id):
        raise NotFound
    named.ended_at = now
    named.save(update_fields=["ended_at"])
    record(
        "compliance.substitute_ended",
        actor=actor,
        subject=Ref("substitute", named.id),
        at=now,
        role=named.role,
    )
    return named


def absent_colleague(actor: Actor, review: Review, role: str, now: datetime) -> UUID | None:
    """For whom this reviewer speaks today, if anyone.

    Never for anyone who wrote any of it, nor for somebody who has left, lost the post or spoken already.
    """
    today = local_day(now)
    spoken = Decision.objects.filter(review=review).values("reviewer_id")
    named = Substitute.objects.filter(
        substitute_id=actor.id,
        role=role,
        first_day__lte=today,
        last_day__gte=today,
        ended_at=None,
        absent__is_active=True,
        absent__roles__contains=[role],
    )
    named = named.exclude(absent__access_until__lte=now).exclude(absent_id__in=spoken)
    named = named.exclude(absent_id__in=list(writers_of(review)))
    absent: UUID | None = named.order_by("-at", "-id").values_list("absent_id", flat=True).first()
    return absent
