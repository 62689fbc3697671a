"""The log of filings. Reading only."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from analytics.models import Submission


def submissions(order_id: UUID | None = None) -> QuerySet[Submission]:
    """What was handed in, the newest first, with its report and who did it; of one report or of all."""
    found: QuerySet[Submission] = Submission.objects.select_related("report", "filed_by")
    if order_id is not None:
        found = found.filter(report__order_id=order_id)
    return found.defer("report__pdf", "report__content").order_by("-at", "-id")
