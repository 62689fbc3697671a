"""Deeds of compliance."""

from compliance.usecases.findings import dismiss_finding, resolve_comment, second_dismissal
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
    "dismiss_finding",
    "lapse_reviews",
    "look_at_review",
    "open_review",
    "resolve_comment",
    "second_dismissal",
    "withdraw_review",
    "write_comment",
]
