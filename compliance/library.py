"""The law library and the disclaimers as shipped: read once, from data, without a database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Article:
    """One article in our own words. `certainty` says whether its text was seen (S1), reported (S2) or
    remembered (M): an institution's counsel checks the latter two against the official text.
    """

    id: str
    law: str
    binds: str
    requirement: str
    severity: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """A sentence that must stand where its trigger occurs."""

    id: str
    sector: str
    content_type: str
    trigger: str
    text: str
    placement: str
    level: str
    basis: str


@lru_cache(maxsize=1)
def articles() -> dict[str, Article]:
    """Every article by id."""
    return {
        row["id"]: Article(
            row["id"], row["law"], row["binds"], row["requirement"], row["severity"], row["certainty"]
        )
        for row in _rows("articles.tsv")
    }


@lru_cache(maxsize=1)
def disclaimers() -> dict[str, Disclaimer]:
    """Every disclaimer by id."""
    return {
        row["id"]: Disclaimer(
            row["id"],
            row["sector"],
            row["content_type"],
            row["trigger"],
            row["required_text"],
            row["placement"],
            row["mandatory_level"],
            row["basis"],
        )
        for row in _rows("disclaimers.tsv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
