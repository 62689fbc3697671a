"""The queue of reviews: what waits, for whom, and what is looked for. The database does the choosing.

However long the queue, a page asks the same few questions and no content is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, Exists, Func, IntegerField, OuterRef, Q
from django.db.models.expressions import RawSQL

from compliance.clock import HIGH_RISK, JOINT_RISK
from compliance.gate import answered
from compliance.models import Carried, Decision, Review, ReviewQuerySet
from kernel.actor import Actor
from kernel.typed import typed_id
from ledger.models import Entry
from tenancy.models import Staff

TAKEN_FOR = timedelta(days=1)
_RISKS = {
    "high": Q(risk__gte=HIGH_RISK),
    "middle": Q(risk__gte=JOINT_RISK, risk__lt=HIGH_RISK),
    "low": Q(risk__lt=JOINT_RISK),
}
MOST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; an empty field leaves nothing out. `risk` is high, middle or low."""

    words: str = ""
    risk: str = ""
    author_id: UUID | None = None
    late: bool = False
    taken_by_id: UUID | None = None


def wanted_in(asked: Mapping[str, str], *, actor: Actor) -> Wanted:
    """What a search form asks for; what it does not know is left out."""
    risk = asked.get("risk", "")
    return Wanted(
        words=asked.get("q", "").strip()[:MOST_WORDS],
        risk=risk if risk in _RISKS else "",
        author_id=typed_id(asked.get("author", "")),
        late=asked.get("late") == "1",
        taken_by_id=actor.id if asked.get("taken") == "1" else None,
    )


class _Length(Func):
    function = "jsonb_array_length"
    output_field = IntegerField()


class _Blocking(Func):
    template = (
        "jsonb_array_length(jsonb_path_query_array(%(expressions)s, '$[*] ? (@.severity == \"block\")'))"
    )
    output_field = IntegerField()


_ASKED = """
EXISTS (
    SELECT 1
      FROM jsonb_each_text(compliance_review.stages -> compliance_review.stage::int) AS demand (role, people)
     WHERE demand.role = ANY (%s) AND demand.people::int > (
            SELECT count(*) FROM compliance_decision AS given
             WHERE given.review_id = compliance_review.id AND given.verdict = 'approve'
               AND given.stage = compliance_review.stage AND given.role = demand.role)
          + (SELECT count(*) FROM compliance_carried AS carried
             WHERE carried.review_id = compliance_review.id
               AND carried.stage = compliance_review.stage AND carried.role = demand.role
               AND compliance_carried_holds(carried.id)))
"""


def asks(posts: Iterable[str]) -> Q:
    """The current stage still lacks the word of one of these posts. For a query on reviews themselves."""
    return Q(RawSQL(_ASKED, (list(posts),), output_field=BooleanField()))  # noqa: S611 - no text of anyone's


def open_reviews() -> ReviewQuerySet:
    """Everything in review, the nearest deadline first, without the weight of its content."""
    queue: ReviewQuerySet = Review.objects.open().light().order_by("due_at", "id")
    return queue


def decided_reviews() -> ReviewQuerySet:
    """Everything that came to an end, the latest first, without the weight of its content."""
    ended: ReviewQuerySet = Review.objects.exclude(status="open").light()
    return ended.order_by("-decided_at", "-id")


def open_reviews_for(actor: Actor) -> ReviewQuerySet:
    """What this colleague can decide now: a post of hers is asked, and she neither wrote nor edited it at any
    time, has not decided, and no earlier opinion of hers is carried.
    """
    own = Entry.objects.filter(
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        actor_id=actor.id,
        verb__endswith=".edited",
    )
    spoken = Decision.objects.filter(review_id=OuterRef("pk"), reviewer_id=actor.id)
    carried = Carried.objects.filter(review_id=OuterRef("pk"), reviewer_id=actor.id).holding()
    waiting: ReviewQuerySet = (
        open_reviews()
        .filter(asks(actor.roles))
        .exclude(author_id=actor.id)
        .exclude(last_editor_id=actor.id)
        .exclude(Exists(spoken))
        .exclude(Exists(carried))
        .exclude(Exists(own))
    )
    return waiting


def matching(reviews: ReviewQuerySet, wanted: Wanted, *, now: datetime) -> ReviewQuerySet:
    """Those of the queue that are looked for, in its order."""
    found = reviews.filter(_RISKS[wanted.risk]) if wanted.risk else reviews
    if wanted.words:
        found = found.filter(Q(title__icontains=wanted.words) | Q(certificate=wanted.words.upper()))
    if wanted.author_id:
        found = found.filter(author_id=wanted.author_id)
    if wanted.late:
        found = found.filter(status="open", due_at__lte=now)
    if wanted.taken_by_id:
        found = found.filter(taken_by_id=wanted.taken_by_id, taken_at__gt=now - TAKEN_FOR)
    return found


def free_to(reviews: ReviewQuerySet, actor: Actor, *, now: datetime) -> ReviewQuerySet:
    """Those nobody else has in hand. Taking lasts a day."""
    free: ReviewQuerySet = reviews.filter(
        Q(taken_by_id=None) | Q(taken_by_id=actor.id) | Q(taken_at__lte=now - TAKEN_FOR)
    )
    return free


def authors_in_review() -> list[Staff]:
    """Whose content is in review, by name."""
    writing = Review.objects.open().values("author_id")
    return list(Staff.objects.filter(id__in=writing).order_by("display_name", "id"))


def shown_lines(reviews: ReviewQuerySet, wanted: Wanted, *, now: datetime) -> ReviewQuerySet:
    """Those looked for, each with its people and with how many findings it has, and how many of them block:
    counted where they lie.
    """
    sent_before = Review.objects.filter(
        subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"), id__lt=OuterRef("id")
    )
    counted: ReviewQuerySet = answered(matching(reviews, wanted, now=now)).annotate(
        found=_Length("findings"), blocking=_Blocking("findings"), sent_before=Exists(sent_before)
    )
    return counted.select_related("author", "looked_at_by", "taken_by")
