"""Who has how much to review: by post what waits and what is late, by colleague what is in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from compliance.models import Review
from compliance.queue import TAKEN_FOR, asks
from tenancy.queries import colleagues_holding
from tenancy.roles import Role

POSTS = (Role.CREATIVE, Role.LEGAL, Role.OPERATIONS, Role.COMPLIANCE, Role.CONSUMER_PROTECTION)


@dataclass(frozen=True, slots=True)
class PostLoad:
    """One post: reviews that wait for it now, how many of them are late, and how many people hold it."""

    role: str
    waiting: int
    late: int
    people: int


@dataclass(frozen=True, slots=True)
class HandLoad:
    """One colleague: reviews taken in hand, and how many of them are late."""

    name: str
    taken: int
    late: int


@dataclass(frozen=True, slots=True)
class Workload:
    posts: Sequence[PostLoad]
    hands: Sequence[HandLoad]


def workload(*, now: datetime) -> Workload:
    """The load at this moment. Three queries however long the queue."""
    late = Q(due_at__lte=now)
    counts = {
        name: Count("id", filter=condition)
        for post in POSTS
        for name, condition in ((post.value, asks([post])), (f"{post.value}_late", asks([post]) & late))
    }
    found = Review.objects.open().aggregate(**counts)
    people: Counter[str] = Counter()
    for roles in colleagues_holding(POSTS, now=now).order_by().values_list("roles", flat=True):
        people.update(set(roles))
    taken = Review.objects.open().filter(taken_at__gt=now - TAKEN_FOR).values("taken_by__display_name")
    hands = taken.annotate(taken=Count("id"), late=Count("id", filter=late))
    return Workload(
        posts=[
            PostLoad(post, found[post.value], found[f"{post.value}_late"], people[post]) for post in POSTS
        ],
        hands=[
            HandLoad(row["taken_by__display_name"], row["taken"], row["late"])
            for row in hands.order_by("-taken", "taken_by__display_name")
        ],
    )
