"""Copies of one wording in the library, made before duplicates were refused. Never writes."""

from __future__ import annotations

from django.db.models import Count, Q

from campaigns.models import Question, QuestionVersion

MOST_TOLD = 10


def twins_of(question: Question) -> list[Question]:
    """Other questions in the library that say the same, in their draft or in what was ever submitted."""
    if question.merged_into_id is not None:
        return []
    versions = QuestionVersion.objects.filter(wording__in=_wordings(question)).values("question_id")
    alike = Question.objects.filter(Q(wording__in=_wordings(question)) | Q(id__in=versions))
    alike = alike.filter(merged_into__isnull=True, retired_at__isnull=True).exclude(id=question.id)
    return list(alike.order_by("created_at", "id")[:MOST_TOLD])


def told_alike(one: Question, other: Question) -> bool:
    """Whether the two say, or ever said, the same."""
    return bool(_wordings(one) & _wordings(other))


def told_twice() -> list[Question]:
    """Questions of which the library holds another copy, the first of each; empty drafts are none."""
    own = Question.objects.filter(merged_into__isnull=True, retired_at__isnull=True).exclude(text="")
    doubled = own.values("wording").annotate(copies=Count("id")).filter(copies__gt=1).values("wording")
    first = own.filter(wording__in=doubled).order_by("wording", "created_at", "id").distinct("wording")
    return list(first[:MOST_TOLD])


def _wordings(question: Question) -> set[str]:
    return {question.wording, *question.versions.values_list("wording", flat=True)}
