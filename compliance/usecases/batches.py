"""Many reviews approved by one deed, where that is safe. Each is a decision of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from compliance.batches import plain_ones
from compliance.models import Verdict
from compliance.queue import open_reviews_for
from compliance.usecases.queueing import AT_ONCE
from compliance.usecases.reviews import decide_review
from kernel.actor import Actor
from kernel.errors import BadRequest, DomainError
from tenancy.roles import Permission
from tenancy.usecase import usecase


@usecase(Permission.DECIDE_REVIEW, may_do_nothing=True)
def approve_plain_reviews(
    *, actor: Actor, batch_id: UUID, review_ids: Sequence[UUID], now: datetime
) -> list[UUID]:
    """Approve those of one batch that were named, are the actor's to decide, and hold nothing to weigh: low
    risk, no finding of any kind, one post asked. The rest waits. Each passes the same gate as when decided by
    itself and is a decision of its own; what is refused there is left. Returns the ids of those decided.

    Raises BadRequest (more than fifty).
    """
    if len(review_ids) > AT_ONCE:
        raise BadRequest
    mine = plain_ones(open_reviews_for(actor).filter(batch_id=batch_id, id__in=list(review_ids)))
    decided: list[UUID] = []
    for review_id in mine.order_by("id").values_list("id", flat=True)[:AT_ONCE]:
        try:
            with transaction.atomic():  # one that is refused takes nothing but itself back
                decide_review(actor=actor, review_id=review_id, verdict=Verdict.APPROVE, now=now)
        except DomainError:  # what it leans on was withdrawn, or a colleague was quicker
            continue
        decided.append(review_id)
    return decided
