"""Remarks as threads with the names mentioned in them, and who can be mentioned: whoever may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.models import Comment, Review
from compliance.queries import comments_on
from kernel.actor import Ref
from tenancy.models import Staff
from tenancy.queries import colleagues_who_may
from tenancy.roles import Permission


def mentionable(subject: Ref, *, now: datetime) -> list[Staff]:
    """Colleagues who may see and speak in reviews, and the authors of this subject, by name. Three queries.

    An auditor sees them too, but is nobody's colleague to be called upon.
    """
    seeing = colleagues_who_may(Permission.VIEW_REVIEWS, now=now)
    readers = [each for each in seeing if each.may(Permission.COMMENT_REVIEW)]
    authors = _authors_of(subject) - {reader.id for reader in readers}
    if authors:
        readers += Staff.objects.filter(id__in=authors, is_active=True).exclude(access_until__lte=now)
    return sorted(readers, key=lambda each: (each.display_name, each.id))


@dataclass(frozen=True, slots=True)
class Said:
    """One remark and whom it mentions, by the names they bear today."""

    remark: Comment
    mentions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Thread:
    """A remark and the answers to it, oldest first."""

    first: Said
    answers: Sequence[Said]

    @property
    def path(self) -> str:
        return self.first.remark.path

    @property
    def resolved_at(self) -> datetime | None:
        return self.first.remark.resolved_at


def threads_on(subject: Ref) -> list[Thread]:
    """Every remark on the subject, in threads, oldest first. Two queries."""
    remarks = comments_on(subject)
    asked = {UUID(each) for remark in remarks for each in remark.mentions}
    names = dict(Staff.objects.filter(id__in=asked).values_list("id", "display_name")) if asked else {}
    said = [
        Said(remark, [names[pk] for pk in map(UUID, remark.mentions) if pk in names]) for remark in remarks
    ]
    answers: dict[UUID, list[Said]] = defaultdict(list)
    for one in said:
        if one.remark.answers_id is not None:
            answers[one.remark.answers_id].append(one)
    return [Thread(one, answers[one.remark.id]) for one in said if one.remark.answers_id is None]


def picked(name: str, among: list[Staff]) -> UUID | None:
    """Whom a person means by ``韩律 (han.lu)`` or ``han.lu``, typed or chosen without a script."""
    wanted = name.strip().removesuffix(")").rpartition("(")[2].strip()
    return next((each.id for each in among if each.username == wanted), None)


def _authors_of(subject: Ref) -> set[UUID]:
    reviews = Review.objects.of_subject(subject.kind, subject.id)
    pairs = reviews.order_by("-submitted_at", "-id").values_list("author_id", "last_editor_id")[:5]
    return {person for pair in pairs for person in pair}
