"""Reviews in tests that hold something to block, so that every post is asked."""

from __future__ import annotations

from compliance.models import Decision, Review
from compliance.queries import missing_roles
from compliance.signing import sign_decision, sign_scan
from compliance.usecases import decide_review
from tests.cast import NOON, make_staff

ALL_AT_ONCE = ({"creative": 1, "legal": 1, "operations": 1, "compliance": 1, "consumer_protection": 1},)


def the_others_agree(review: Review) -> None:
    """Every post but compliance, each by a newcomer."""
    for role in missing_roles(Review.of(review.id)):
        if role != "compliance":
            newcomer = make_staff(f"ye.{role}", role).actor
            decide_review(actor=newcomer, review_id=review.id, verdict="approve", now=NOON)


def signed(decision: Decision) -> Decision:
    """Written straight into the table, with the signature that the desk gives."""
    sign_decision(decision, decision.review)
    decision.save(force_insert=True)
    return decision


def scanned(review: Review) -> Review:
    """A review written straight into the table, signed as its scan would be."""
    sign_scan(review)
    return review
