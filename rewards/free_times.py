"""When a service can still be booked: page after page, soonest first, until the last time there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from kernel.timekeeping import SHANGHAI, start_of_day
from rewards.models import Benefit, Slot

IN_ORDER = ("starts_at", "branch__name")  # no branch has two times at once, and no two have one name


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """One page of free times, and whether there are others before and after it."""

    slots: list[Slot]
    earlier: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins (`at` a time, or on a `day`), or which time it stands `after` or `before`."""

    at: UUID | None = None
    after: UUID | None = None
    before: UUID | None = None
    day: date | None = None


FIRST = Place()


def free_times(benefit_id: UUID, *, now: datetime, limit: int, place: Place = FIRST) -> FreeTimes:
    """The free times at that place. Where none are left, the soonest: a time may be taken meanwhile."""
    free = _free(benefit_id, now)
    slots = _window(free, place, limit)
    if not slots:
        slots = _window(free, FIRST, limit)
    if not slots:
        return FreeTimes([])
    return FreeTimes(
        slots,
        earlier=free.filter(_before(slots[0])).exists(),
        later=free.filter(_after(slots[-1])).exists(),
    )


def free_time(benefit_id: UUID, slot_id: UUID, *, now: datetime) -> Slot | None:
    """That time, while it is free."""
    return _free(benefit_id, now).filter(pk=slot_id).first()


def free_days(benefit_id: UUID, *, now: datetime) -> list[date]:
    """The days on which there is a free time, in order."""
    days = _free(benefit_id, now).annotate(day=TruncDate("starts_at", tzinfo=SHANGHAI))
    return list(days.order_by("day").values_list("day", flat=True).distinct())


def _free(benefit_id: UUID, now: datetime) -> QuerySet[Slot]:
    benefit = Benefit.of(benefit_id)
    slots = Slot.objects.filter(starts_at__gt=now, taken__lt=F("capacity"), branch__is_active=True)
    if benefit.branch_ids:
        slots = slots.filter(branch_id__in=benefit.branch_ids)
    return slots.select_related("branch").order_by(*IN_ORDER)


def _window(free: QuerySet[Slot], place: Place, limit: int) -> list[Slot]:
    if place.day is not None:
        free = free.filter(starts_at__gte=start_of_day(place.day))
    named = place.at or place.after or place.before
    edge = Slot.objects.select_related("branch").filter(pk=named).first() if named else None
    if edge is None:
        return list(free[:limit])
    if place.before:
        return list(free.filter(_before(edge)).reverse()[:limit])[::-1]
    beyond = _after(edge)
    return list(free.filter(beyond | Q(pk=edge.pk) if place.at else beyond)[:limit])


def _after(edge: Slot) -> Q:
    """Later than that time in the order of the list."""
    return Q(starts_at__gt=edge.starts_at) | Q(starts_at=edge.starts_at, branch__name__gt=edge.branch.name)


def _before(edge: Slot) -> Q:
    return Q(starts_at__lt=edge.starts_at) | Q(starts_at=edge.starts_at, branch__name__lt=edge.branch.name)
