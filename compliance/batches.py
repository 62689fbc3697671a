"""What was submitted together, read on one page. Reading only; a bounded number of queries.

The page shows at most fifty; a batch never holds more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from compliance.clock import JOINT_RISK
from compliance.gate import answered
from compliance.models import Decision, Review, ReviewQuerySet
from compliance.queue import open_reviews_for
from compliance.reading import marked
from compliance.subjects import Part, faces
from compliance.wording import category_label
from kernel.actor import Actor

MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One review of the batch. `mine`: this colleague decides on it now; `plain`: nothing in it to weigh."""

    review: Review
    parts: Sequence[tuple[Part, Sequence[object]]]
    findings: Sequence[tuple[str, str]]
    mine: bool
    plain: bool
    spoken: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The page of a batch for one colleague."""

    lines: Sequence[Line]
    open: int
    mine: int
    plain: Sequence[UUID]
    screens: object


def plain_ones(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """Those that may be approved together: low risk, no finding at all, one post of one person asked."""
    one_post = reviews.filter(stages__in=[[{"compliance": 1}]])
    plain: ReviewQuerySet = one_post.filter(risk__lt=JOINT_RISK, findings=[])
    return plain


def read_batch(batch_id: UUID, *, actor: Actor) -> Batch | None:
    """What was submitted together; None when there is no such batch."""
    found: QuerySet[Review] = answered(Review.objects.filter(batch_id=batch_id)).select_related("author")
    reviews = list(found.order_by("submitted_at", "id")[:MOST])
    if not reviews:
        return None
    ids = [review.id for review in reviews]
    waiting = open_reviews_for(actor).filter(id__in=ids)
    mine = set(waiting.values_list("id", flat=True))
    plain = set(plain_ones(waiting).values_list("id", flat=True))
    spoken = dict(
        Decision.objects.filter(review_id__in=ids, reviewer_id=actor.id).values_list("review_id", "verdict")
    )
    return Batch(
        lines=[
            Line(
                review=review,
                parts=_parts(review),
                findings=[(each["severity"], category_label(each["category"])) for each in review.findings],
                mine=review.id in mine,
                plain=review.id in plain,
                spoken=spoken.get(review.id, ""),
            )
            for review in reviews
        ],
        open=sum(review.status == "open" for review in reviews),
        mine=len(mine),
        plain=[review.id for review in reviews if review.id in plain],
        screens=getattr(faces.of(reviews[0].subject_kind), "screens", {}),
    )


def _parts(review: Review) -> list[tuple[Part, Sequence[object]]]:
    """Every field with its words; the findings' places marked in them."""
    return [
        (part, marked(part.text, [(_Tone(each["severity"]), (each["start"], each["end"])) for each in found]))
        for section in faces.of(review.subject_kind).sections(review.content)
        for part in section.parts
        for found in [[each for each in review.findings if each["path"] == part.path]]
    ]


@dataclass(frozen=True, slots=True)
class _Tone:
    severity: str
