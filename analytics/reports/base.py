"""What a report is: content computed once from a fixed stretch of the ledger, and how it reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from django.utils.functional import Promise

from analytics.suppression import Accuracy
from campaigns.models import Campaign
from ledger.queries import Position

Content = dict[str, Any]  # Any: JSON

COUNTING_SECONDS = 90
"""A report may think longer than a page, and not without end."""

EXACT_STAGES = 1
STAGES_BEFORE_COUNT = 2
"""How people are counted by stage. 1: only where an entry says so. 2: whoever is at a stage has also been at
those before it (`analytics.stages.STAGE_BEFORE`), so that no share is ever above one."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What is counted: entries that happened before ``until``, up to ``position`` in the ledger's order.

    By which ``rules`` stays with a report, so that it can be computed again after the rules have changed.
    No question may take longer than ``seconds``.
    """

    until: datetime
    position: Position
    rules: int = STAGES_BEFORE_COUNT
    seconds: float = COUNTING_SECONDS


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of ready words. Columns named in ``numbers`` stand to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter: title, a sentence or two, a table, a footnote."""

    title: str
    lead: str = ""
    table: Table | None = None
    notes: Sequence[str] = field(default_factory=tuple)


class ReportKind(ABC):
    """A kind of report.

    ``rhythm`` says when it is made by itself: every day, or once when the campaign is over. ``compute``
    depends on nothing but its arguments and rows that never change: the same basis and the same earlier
    reports give the same bytes. ``sections`` puts content into words of the active language.
    """

    key: ClassVar[str]
    rhythm: ClassVar[Literal["daily", "at_end"]] = "daily"
    label: ClassVar[str | Promise]

    @abstractmethod
    def compute(self, campaign: Campaign, basis: Basis, earlier: Sequence[Content]) -> Content:
        """The content; ``earlier`` are the contents of this campaign's reports of this kind up to now."""

    @abstractmethod
    def sections(self, content: Content) -> list[Section]:
        """The content in words, chapter by chapter."""


def number(value: int | None) -> str:
    """A count for people; a hidden one is a star."""
    return "＊" if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f}%"


def accuracy_words(cell: Accuracy) -> str:
    """An accuracy for people, exact or bounded."""
    if "exact" in cell:
        return percent(cell["exact"])
    if "at_least" in cell:
        return f"≥ {cell['at_least']}%"
    if "at_most" in cell:
        return f"≤ {cell['at_most']}%"
    return "＊"
