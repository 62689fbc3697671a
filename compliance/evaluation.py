"""How well the scanner does on labelled sentences: recall on violations, false alarms on honest text."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compliance.scanner import ALL_SECTORS, SECTORS, Pack, Text, scan, verdict

GOLDEN = Path(__file__).parent / "data" / "golden"
# the sets the second reader learns from
TRAINING = ("train", "dev", "met", "kinds", "neutral", "writers", "turns", "everyday")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence and what people say of it. `category` is empty for honest text."""

    id: str
    offends: bool
    category: str
    sector: str
    content_type: str
    text: str


@dataclass
class Score:
    """Counts of one slice."""

    violations: int = 0
    caught: int = 0
    honest: int = 0
    alarms: int = 0

    @property
    def recall(self) -> float:
        return self.caught / self.violations if self.violations else 1.0

    @property
    def false_alarms(self) -> float:
        return self.alarms / self.honest if self.honest else 0.0

    @property
    def precision(self) -> float:
        flagged = self.caught + self.alarms
        return self.caught / flagged if flagged else 1.0


@dataclass
class Evaluation:
    """The whole, by category, by sector, and every sentence it got wrong."""

    whole: Score = field(default_factory=Score)
    by_category: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    by_sector: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    missed: list[Labelled] = field(default_factory=list)
    alarmed: list[Labelled] = field(default_factory=list)


def golden(path: Path) -> list[Labelled]:
    """The labelled sentences of a file."""
    with path.open(encoding="utf-8", newline="") as rows:
        return [
            Labelled(
                row["id"],
                row["label"] == "violation",
                row["category"],
                row["sector"],
                row["content_type"],
                row["text"],
            )
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def evaluate(sentences: Iterable[Labelled], pack: Pack | None = None) -> Evaluation:
    """Scan each sentence alone and compare with its label."""
    result = Evaluation()
    for one in sentences:
        sector = one.sector if one.sector in SECTORS else ALL_SECTORS
        findings = scan([Text(one.id, one.content_type, one.text)], sector, pack=pack, reword=False)
        flagged = verdict(findings) != "pass"
        slices = [result.whole, result.by_sector[one.sector]]
        if one.offends:
            slices.append(result.by_category[one.category])
        _count(slices, one, flagged)
        if one.offends and not flagged:
            result.missed.append(one)
        if flagged and not one.offends:
            result.alarmed.append(one)
    return result


def _count(slices: Sequence[Score], one: Labelled, flagged: bool) -> None:
    for score in slices:
        score.violations += one.offends
        score.caught += one.offends and flagged
        score.honest += not one.offends
        score.alarms += flagged and not one.offends
