"""The substitutes page: who stands in for whom now, soon, and did before. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from compliance.models import Substitute
from kernel.actor import Actor
from tenancy.models import Staff
from tenancy.queries import colleagues_holding
from tenancy.roles import ROLE_LABELS, Permission, Role, allows

TABS = ("current", "coming", "past")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One line. `lame` says why it does not count although its days do: ``gone`` or ``post``."""

    named: Substitute
    post: str | Promise
    lame: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Post:
    """A post of mine, and the colleagues who hold it too."""

    role: str
    label: str | Promise
    colleagues: Sequence[Staff]


def arrangements(tab: str, *, today: date, of: UUID | None = None) -> QuerySet[Substitute]:
    """Arrangements of a tab; `of` keeps those in which a person is absent or stands in."""
    found: QuerySet[Substitute] = Substitute.objects.select_related("absent", "substitute")
    if of is not None:
        found = found.filter(Q(absent_id=of) | Q(substitute_id=of))
    over = Q(ended_at__isnull=False) | Q(last_day__lt=today)
    if tab == "past":
        return found.filter(over).order_by("-last_day", "-id")
    found = found.exclude(over)
    if tab == "coming":
        return found.filter(first_day__gt=today).order_by("first_day", "id")
    return found.filter(first_day__lte=today).order_by("last_day", "id")


def lines(rows: Sequence[Substitute], *, actor: Actor, now: datetime) -> list[Arrangement]:
    """The lines of one page; nothing is asked of the database here."""
    return [
        Arrangement(
            named=row,
            post=ROLE_LABELS[Role(row.role)],
            lame=_lame(row, now),
            mine=actor.id in (row.absent_id, row.substitute_id),
        )
        for row in rows
    ]


def posts_of(actor: Actor, *, now: datetime) -> list[Post]:
    """The reviewing posts of a colleague, each with those who could stand in. One query."""
    held = [role for role in Role if role in actor.roles and allows([role], Permission.DECIDE_REVIEW)]
    others = list(colleagues_holding(held, now=now).exclude(id=actor.id)) if held else []
    return [
        Post(role.value, ROLE_LABELS[role], [each for each in others if role in each.roles]) for role in held
    ]


def _lame(row: Substitute, now: datetime) -> str:
    for person in (row.absent, row.substitute):
        if not person.is_active or (person.access_until is not None and person.access_until <= now):
            return "gone"
        if row.role not in person.roles:
            return "post"
    return ""
