"""The tables of `docs/scanner.md` that say how well the scanner does, made from the labelled sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compliance.evaluation import GOLDEN, TRAINING, Evaluation, Score, evaluate, golden
from compliance.scanner import ALL_SECTORS, SECTORS

SETS = (
    "train", "dev", "test", "check", "met", "kinds", "neutral", "writers", "turns", "everyday", "aside",
    "unseen", "blind", "claimant", "figures",
)  # fmt: skip
UNLEARNED = ("test", "check", "unseen", "blind")  # no reader learns from them
BY_SET = "| set | violations | recall | honest | false alarms |"
BY_SECTOR = "| sector | violations | recall | honest | false alarms | precision |"


def with_measured(page: str, tables: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The page with the rows of each table, known by its heading, replaced. Raises ValueError."""
    for heading, rows in tables:
        found = re.search(rf"^{re.escape(heading)}\n\|[-|]+\|\n(?:\|.*\n)+", page, re.MULTILINE)
        if found is None:
            raise ValueError(f"no table {heading!r}")
        rule = "|" + "---|" * (heading.count("|") - 1)
        page = page.replace(found[0], "\n".join([heading, rule, *rows]) + "\n")
    return page


def sets_measured() -> list[str]:
    """A row for each set of labelled sentences, those no reader learns from in bold."""
    return [set_row(name, evaluate(golden(GOLDEN / f"{name}.tsv")).whole) for name in SETS]


def sectors_measured() -> list[str]:
    """A row for each sector over the sets that no reader learns from, and one for all together."""
    result = evaluate(one for name in UNLEARNED for one in golden(GOLDEN / f"{name}.tsv"))
    return list(_sector_rows(result))


def set_row(name: str, score: Score) -> str:
    """One row of the table by set; without violations there is no recall to speak of."""
    bold = "" if name in (*TRAINING, "claimant", "figures") else "**"
    recall = [f"{score.violations:,}", bold + _share(score.recall) + bold] if score.violations else ["", ""]
    cells = [bold + name + bold, *recall, f"{score.honest:,}", bold + _share(score.false_alarms) + bold]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _sector_rows(result: Evaluation) -> Iterator[str]:
    named = [(sector, result.by_sector[sector]) for sector in (ALL_SECTORS, *sorted(SECTORS))]
    for name, score in [*named, ("together", result.whole)]:
        cells = [
            name, f"{score.violations:,}", _share(score.recall),
            f"{score.honest:,}", _share(score.false_alarms), _share(score.precision),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
