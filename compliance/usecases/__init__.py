"""Deeds of compliance."""

from compliance.usecases.reviews import (
    decide_review,
    lapse_reviews,
    look_at_review,
    open_review,
    withdraw_review,
    write_comment,
)

__all__ = [
    "decide_review",
    "lapse_reviews",
    "look_at_review",
    "open_review",
    "withdraw_review",
    "write_comment",
]
