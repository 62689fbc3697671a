"""The law library and the disclaimers as shipped: read once, from data, without a database."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kernel.fingerprint import fingerprint
from kernel.punctuation import folded

DATA = Path(__file__).parent / "data"

# Organiser and notice are completed from the institution's record and the notice in force.
_FILLED_BY_PLATFORM = frozenset({"D-ALL-01", "D-ALL-05"})
# These stand where their occasion arises: a contact switch, a text, a product link, elder mode, a change.
_SET_BY_PLATFORM = frozenset({"D-ALL-06", "D-ALL-11", "D-ALL-12", "D-ALL-17", "D-ALL-18"})


WORDED = ("requirement", "how_checked", "severity", "certainty", "sources")
"""What the words of an article's version are made of."""


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

    def worded(self, institution: str) -> str:
        """The sentence with the institution's name; what the platform fills in by itself says so."""
        named = self.text.replace("××机构", institution).replace("××（机构全称）", institution)
        return named.replace("××", "〔自动填写〕") if self.id in _FILLED_BY_PLATFORM else named

    @property
    def is_completed_by_platform(self) -> bool:
        """Whether what it leaves open is said by the platform itself: organiser, period, notice."""
        return self.id in _FILLED_BY_PLATFORM

    @property
    def is_offered(self) -> bool:
        """Whether a marketer can choose it: complete as it stands, and not set by the platform itself."""
        if self.id in _FILLED_BY_PLATFORM:
            return True
        return self.id not in _SET_BY_PLATFORM and "×" not in self.worded("")


@lru_cache(maxsize=1)
def articles() -> dict[str, Article]:
    """Every article by id."""
    return {
        row["id"]: Article(
            row["id"], row["law"], row["binds"], row["requirement"], row["severity"], row["certainty"].strip()
        )
        for row in _rows("regulations.tsv")
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


def wording_of(row: dict[str, str]) -> dict[str, str]:
    """What a row of the shipped file says of an article: what a version of it is made of."""
    return {
        "requirement": row["requirement"] or "",
        "how_checked": row["check"] or "",
        "severity": (row["severity"] or "info")[:8],
        "certainty": (row["certainty"] or "")[:120],
        "sources": row["sources"] or "",
    }


def wording_name(wording: Mapping[str, str]) -> str:
    """Names an article's words. The width of a mark makes no new version, and holds nothing."""
    return fingerprint({part: folded(text) for part, text in wording.items()})


def shipped_fingerprints() -> dict[str, str]:
    """Names what the shipped file says of each article, as its versions are named."""
    return {row["id"]: wording_name(wording_of(row)) for row in _rows("regulations.tsv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
