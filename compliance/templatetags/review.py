"""Small words for the review page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from compliance.risk import REASONS

register = template.Library()


@register.filter
def anchor(path: str) -> str:
    """A field's path as the name of a place on the page."""
    return path.replace(".", "-")


@register.filter
def risk_words(code: str) -> str:
    """Why a risk was given, in words."""
    return str(REASONS.get(code, code))


@register.filter
def count_of(table: Mapping[str, int], key: str) -> int:
    """How many, nought when none."""
    return table.get(key, 0)


@register.filter
def lookup(table: Mapping[str, Any], key: str) -> Any:
    """The value under a key, or the key itself."""
    return table.get(key, key)
