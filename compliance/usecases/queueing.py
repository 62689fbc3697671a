"""Deeds on many reviews at once. Only what decides nothing: taking them in hand, asking for haste.

They lock in the order of ids, as a withdrawal does that takes reviews back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from compliance.models import Review
from compliance.notices import tell_of_nudge
from compliance.queue import free_to, open_reviews, open_reviews_for
from kernel.actor import Actor
from kernel.errors import BadRequest
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase

AT_ONCE = 50
NUDGE_PAUSE = timedelta(hours=4)


@usecase(Permission.DECIDE_REVIEW, may_do_nothing=True)
def take_reviews(*, actor: Actor, review_ids: Sequence[UUID], now: datetime) -> int:
    """Take reviews in hand for a day, so that two do not read the same; how many. Nobody is kept from
    deciding. What one may not decide, or a colleague has taken, is left. Raises BadRequest (more than fifty).
    """
    mine = open_reviews_for(actor).filter(id__in=_bounded(review_ids))
    taken = 0
    for review in free_to(mine, actor, now=now).order_by("id").select_for_update(of=("self",)):
        review.taken_by_id, review.taken_at = actor.id, now
        review.save(update_fields=["taken_by", "taken_at"])
        _record("compliance.taken", review, actor, now)
        taken += 1
    return taken


@usecase(Permission.DECIDE_REVIEW, may_do_nothing=True)
def put_back_reviews(*, actor: Actor, review_ids: Sequence[UUID], now: datetime) -> int:
    """Let go of what one has in hand; how many. Raises BadRequest (more than fifty)."""
    mine = open_reviews().filter(id__in=_bounded(review_ids), taken_by_id=actor.id)
    back = 0
    for review in mine.order_by("id").select_for_update(of=("self",)):
        review.taken_by_id = review.taken_at = None
        review.save(update_fields=["taken_by", "taken_at"])
        _record("compliance.put_back", review, actor, now)
        back += 1
    return back


@usecase(Permission.DECIDE_REVIEW, may_do_nothing=True)
def nudge_reviewers(*, actor: Actor, review_ids: Sequence[UUID], now: datetime) -> int:
    """Ask those whose word is missing for haste, at most every four hours; on how many reviews.

    Raises BadRequest (more than fifty).
    """
    open_ones = open_reviews().filter(id__in=_bounded(review_ids)).exclude(nudged_at__gt=now - NUDGE_PAUSE)
    nudged = 0
    for review in open_ones.order_by("id").select_for_update(of=("self",)):
        review.nudged_at = now
        review.save(update_fields=["nudged_at"])
        tell_of_nudge(review, by=actor, now=now)
        _record("compliance.nudged", review, actor, now)
        nudged += 1
    return nudged


def _bounded(review_ids: Sequence[UUID]) -> list[UUID]:
    if len(review_ids) > AT_ONCE:
        raise BadRequest
    return list(review_ids)


def _record(verb: str, review: Review, actor: Actor, now: datetime) -> None:
    record(verb, actor=actor, subject=review.ref, at=now, campaign_id=review.subject_id)
