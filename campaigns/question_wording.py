"""Badges of the question library."""

from __future__ import annotations

from campaigns.question_models import State
from campaigns.wording import Mark

_TONES = {
    State.DRAFT: ("", ""),
    State.IN_REVIEW: ("brand", "clock"),
    State.RETURNED: ("caution", ""),
    State.APPROVED: ("good", "check"),
    State.EXPIRED: ("caution", "clock"),
    State.QUARANTINED: ("danger", "warning"),
    State.RETIRED: ("", ""),
}


def mark_of(state: str) -> Mark:
    """The badge of a state."""
    known = State(state)
    tone, icon = _TONES[known]
    return Mark(known.label, tone, icon)
