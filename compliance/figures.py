"""How the reviewing goes: how long it takes, who is sent back and why, which findings come again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from compliance.models import Decision, Review
from compliance.scanner import default_pack

WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class StageTime:
    """One post in one stage: how many spoke, and the median hours since the content came to them."""

    stage: int
    role: str
    decisions: int
    hours: float


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a ranking."""

    label: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    opened: int
    decided: int
    approved: int
    returned: int
    late: int
    median_hours: float | None
    stages: Sequence[StageTime]
    authors: Sequence[Line]
    categories: Sequence[Line]
    repeated: Sequence[Line]


def review_figures(*, now: datetime, english: bool = False) -> ReviewFigures:
    """The last ninety days. Two queries."""
    reviews = list(
        Review.objects.filter(submitted_at__gt=now - WINDOW)
        .select_related("author")
        .defer("content")
        .order_by("submitted_at", "id")
    )
    decided = [
        one for one in reviews if one.status in {"approved", "returned", "rejected", "lapsed", "revoked"}
    ]
    sent_back = Counter(one.author.display_name for one in decided if one.status in {"returned", "rejected"})
    per_author = Counter(one.author.display_name for one in decided)
    labels = {
        key: category.label_en if english else category.label
        for key, category in default_pack().categories.items()
    }
    found = Counter(finding["category"] for one in reviews for finding in one.findings)
    hours = [_hours(one.submitted_at, one.decided_at) for one in decided if one.decided_at]
    return ReviewFigures(
        opened=len(reviews),
        decided=len(decided),
        approved=sum(one.certificate is not None for one in decided),
        returned=sum(sent_back.values()),
        late=sum((one.decided_at or now) > one.due_at for one in reviews if one.status != "withdrawn"),
        median_hours=median(hours) if hours else None,
        stages=_stages(reviews),
        authors=[Line(name, count, per_author[name]) for name, count in sent_back.most_common(10)],
        categories=[Line(labels.get(key, key), count, len(reviews)) for key, count in found.most_common(10)],
        repeated=_repeated(reviews, labels),
    )


def _stages(reviews: Sequence[Review]) -> list[StageTime]:
    """Each post's time runs from the moment the stage could begin: the submission, or the stage before it."""
    began = {one.id: {0: one.submitted_at} for one in reviews}
    taken: dict[tuple[int, str], list[float]] = defaultdict(list)
    spoken = Decision.objects.filter(review_id__in=list(began)).order_by("at", "id")
    for decision in spoken.values("review_id", "stage", "role", "at"):
        known = began[decision["review_id"]]
        start = known.get(decision["stage"], decision["at"])
        taken[decision["stage"], decision["role"]].append(_hours(start, decision["at"]))
        known[decision["stage"] + 1] = decision["at"]
    return [
        StageTime(stage + 1, role, len(hours), median(hours))
        for (stage, role), hours in sorted(taken.items())
    ]


def _repeated(reviews: Sequence[Review], labels: dict[str, str]) -> list[Line]:
    """Findings an author got again after having been told of the same rule before."""
    told: set[tuple[str, str]] = set()
    again: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for review in reviews:
        kinds = {finding["category"] for finding in review.findings}
        for kind in kinds:
            every[kind] += 1
            again[kind] += (str(review.author_id), kind) in told
        told |= {(str(review.author_id), kind) for kind in kinds}
    return [
        Line(labels.get(kind, kind), count, every[kind]) for kind, count in again.most_common(10) if count
    ]


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600
