"""What an institution requires beyond the shipped rules: sentences that must stand, ceilings, lower limits.

A requirement is a row like any rule and can only add findings, so it tightens and never loosens. `rule` names
exactly what it says; whoever changes it has another requirement.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Row = Mapping[str, str]
PREFIX = "OWN-"


@dataclass(frozen=True)
class Sentence:
    """These words must stand in a campaign that says one of `when`; in every campaign when that is empty."""

    rule: str
    when: tuple[str, ...]
    sentence: str
    severity: str
    article: str
    why: str


@dataclass(frozen=True)
class Ceiling:
    """No figure above `most` percent may be shown, for a yearly yield or the yearly cost of a loan."""

    rule: str
    measure: str
    most: Decimal
    severity: str
    article: str
    why: str


@dataclass(frozen=True)
class Limit:
    """No more than `most` of what a campaign's mechanics count."""

    rule: str
    measure: str
    most: int
    severity: str
    article: str
    why: str


Requirement = Sentence | Ceiling | Limit


def rule_of(row: Row) -> str:
    """A stable short name for all that a row says."""
    said = sorted((key, value) for key, value in row.items() if key != "rule")
    return PREFIX + hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:10]


def required_by(row: Row) -> Requirement:
    """The requirement in a row. Raises ValueError, KeyError."""
    shared = {key: row[key] for key in ("severity", "article", "why")}
    rule, kind = rule_of(row), row["kind"]
    if shared["severity"] not in {"warn", "block"}:
        raise ValueError(shared["severity"])
    if kind == "sentence":
        return Sentence(rule, words_of(row["when"]), row["sentence"], **shared)
    if kind == "ceiling":
        return Ceiling(rule, row["measure"], percent(row["most"]), **shared)
    if kind == "limit":
        return Limit(rule, row["measure"], int(row["most"]), **shared)
    raise ValueError(kind)


def requirements_in(rows: Iterable[Row]) -> tuple[Requirement, ...]:
    return tuple(required_by(row) for row in rows)


def words_of(written: str) -> tuple[str, ...]:
    """Words set apart by upright strokes."""
    return tuple(word for part in written.replace("｜", "|").split("|") if (word := part.strip()))


def percent(written: str) -> Decimal:
    """A percentage as typed. Raises ValueError unless over 0 and up to 100, with two places at most."""
    try:
        value = Decimal(written)
    except InvalidOperation as fault:
        raise ValueError(written) from fault
    if not (value.is_finite() and 0 < value <= 100 and value == round(value, 2)):
        raise ValueError(written)
    return value
