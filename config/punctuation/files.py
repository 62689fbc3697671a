"""Which files of the project hold words a person reads; what stays as it was typed, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.punctuation.pages import page_edits
from config.punctuation.python_source import python_edits
from config.punctuation.tables import catalogue_edits, paper_edits, preset_edits, table_edits
from kernel.punctuation import Edit, applied

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "kernel", "ledger", "tenancy", "compliance", "privacy", "rewards", "campaigns", "analytics",
    "integrations", "config",
)  # fmt: skip

# The columns of a table that a person reads. Tables not named here hold patterns, weights or samples.
COLUMNS: dict[str, tuple[str, ...]] = {
    "campaigns/data/question_bank.tsv": (
        "topic", "question", "option_a", "option_b", "option_c", "option_d", "explanation",
    ),
    "compliance/data/regulations.tsv": ("section", "law", "requirement", "check", "certainty", "sources"),
    "compliance/data/disclaimers.tsv": (
        "content_type", "trigger", "required_text", "placement", "mandatory_level",
    ),
    "compliance/data/categories.tsv": ("label", "why", "suggestion", "penalty"),
    "compliance/data/laws_en.tsv": ("law",),
    "compliance/data/lexicon.tsv": ("suggestion",),
    "compliance/data/patterns.tsv": ("suggestion",),
    "compliance/data/rewordings.tsv": ("becomes",),
}  # fmt: skip

# Python that is about marks, or full of them: it stays as it is.
AS_WRITTEN: dict[str, str] = {
    "kernel/punctuation.py": "names the marks themselves",
    "config/demo/words.py": "two languages in one line of a terminal",
    "tests/compliance": "what writers typed",
    "tests/config/test_punctuation_sources.py": "tries marks of both widths",
    "tests/kernel/test_punctuation.py": "tries marks of both widths",
    "tests/kernel/test_sheet.py": "lines of a comma-separated table",
    "tests/campaigns/test_question_pages.py": "lines of a comma-separated table",
    "tests/campaigns/test_question_import.py": "lines of a comma-separated table",
    "tests/journeys/test_customer_hashing.py": "lines of a comma-separated table",
    "tests/privacy": "lines of comma-separated tables",
    "compliance/scanner": "patterns over text whose marks are half-width already",
}
SPEAKS = frozenset({"compliance/scanner/scan.py"})  # within such a folder, what people read all the same


@dataclass(frozen=True, slots=True)
class File:
    """One file of the project and how its sentences are found."""

    path: Path
    read: Callable[[str], list[Edit]]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    def changes(self) -> list[Edit]:
        return self.read(self.path.read_text(encoding="utf-8"))

    def rewrite(self) -> None:
        source = self.path.read_text(encoding="utf-8")
        self.path.write_text(applied(source, self.read(source)), encoding="utf-8")


def files() -> Iterator[File]:
    """Every file of the project that holds words a person reads."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and not _as_written(path):
                yield File(path, python_edits)
    for folder in ("templates", "campaigns"):
        yield from (File(path, page_edits) for path in sorted((ROOT / folder).rglob("*.html")))
    for app in APPS:
        yield from (File(path, catalogue_edits) for path in sorted((ROOT / app).rglob("*.po")))
    for path in sorted((ROOT / "campaigns").rglob("*.json")):
        yield File(path, preset_edits)
    for name, columns in COLUMNS.items():
        yield File(ROOT / name, partial(table_edits, columns=columns))
    yield from (File(path, paper_edits) for path in sorted((ROOT / "compliance").glob("*.txt")))


def files_under(paths: Iterable[Path]) -> Iterator[File]:
    """The files of these kinds at or under the paths, whether the project shows them to anybody or not."""
    readers = {".py": python_edits, ".html": page_edits, ".po": catalogue_edits, ".json": preset_edits}
    for path in (path.resolve() for path in paths):
        for found in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if found.suffix in readers and not _as_written(found):
                yield File(found, readers[found.suffix])


def _as_written(path: Path) -> bool:
    name = str(path.relative_to(ROOT))
    return name not in SPEAKS and any(name == kept or name.startswith(f"{kept}/") for kept in AS_WRITTEN)
