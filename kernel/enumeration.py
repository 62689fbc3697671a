"""Several names in one line, with the mark the reader's language puts between them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language


def enumerated(members: Iterable[object]) -> str:
    """``甲、乙、丙`` in Chinese, ``A, B, C`` in English."""
    between = ", " if (get_language() or "").startswith("en") else "、"
    return between.join(map(str, members))
