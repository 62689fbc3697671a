"""Opening the scope from the street: by the institution's short name, or for every institution in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID

from kernel.errors import NotFound
from kernel.scope import scope
from tenancy.models import Institution

_FRESH_SECONDS = 1.0
_by_slug: dict[str, tuple[float, Institution]] = {}
_MOST = 4096


def institution_by_slug(slug: str) -> Institution:
    """The active institution of that short name; at most a second old. Raises NotFound."""
    cached = _by_slug.get(slug)
    if cached is not None and time.monotonic() - cached[0] < _FRESH_SECONDS:
        return cached[1]
    institution = Institution.objects.filter(slug=slug, is_active=True).first()
    if institution is None:
        _by_slug.pop(slug, None)
        raise NotFound
    if len(_by_slug) >= _MOST:
        _by_slug.clear()
    _by_slug[slug] = (time.monotonic(), institution)
    return institution


def institution_of(institution_id: UUID) -> Institution:
    """The active institution by id. Raises NotFound."""
    institution = Institution.objects.filter(id=institution_id, is_active=True).first()
    if institution is None:
        raise NotFound
    return institution


def every_institution(*, reason: str, ended_too: bool = False) -> Iterator[Institution]:
    """Each active institution, its scope open while the loop's body runs; on request those that ended, too.

    ``reason`` is for the reader: work that crosses institutions is rare and greppable.
    """
    if not reason:
        raise ValueError("say why this crosses institutions")
    institutions = Institution.objects.order_by("id")
    for institution in institutions if ended_too else institutions.filter(is_active=True):
        with scope(institution.id):
            yield institution


def forget_institutions() -> None:
    """Drop the short cache (tests, and after an institution changed)."""
    _by_slug.clear()
