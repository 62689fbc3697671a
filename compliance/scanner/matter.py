"""What the scanner is given and what it answers."""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

ALL_SECTORS = "all"
SECTORS = ("bank", "insurance", "securities", "wealth")

CONTENT_TYPES = ("title", "rule", "question", "option", "explanation", "reward", "share_copy", "notice")

# What no campaign may reward with, and what no reward may hang on.
FORBIDDEN_REWARDS = frozenset(
    {
        "cash",
        "red_packet",
        "goods",
        "gift",
        "coupon",
        "voucher",
        "yield",
        "commission",
        "points_cash",
        "insurance",
    }
)
FORBIDDEN_CONDITIONS = frozenset(
    {"purchase", "deposit", "balance", "assets", "premium", "trade", "account_opening", "insure", "holding"}
)


class Severity(StrEnum):
    """How bad a finding is: information for the reviewer, a warning, or a reason not to publish."""

    INFO = "info"
    WARN = "warn"
    BLOCK = "block"

    @property
    def weight(self) -> int:
        return {"info": 0, "warn": 1, "block": 2}[self.value]


@dataclass(frozen=True)
class Text:
    """One field a customer will read.

    `path` names the field inside the campaign ("settings.questions.2.text"). Fields that belong together (a
    question, its options and its explanation) share a `group`. `correct` is set on options only: a wrong one
    is allowed to be wrong.
    """

    path: str
    content_type: str
    text: str
    sector: str = ""
    group: str = ""
    correct: bool | None = None


@dataclass(frozen=True)
class Finding:
    """One hit: the rule, the exact span (code points of the field as written), the article and a way out."""

    rule: str
    category: str
    severity: str
    path: str
    start: int
    end: int
    matched: str
    article: str
    why: str
    suggestion: str
    penalty: str
    replacement: str | None = None


@dataclass(frozen=True)
class Shape:
    """The mechanics of a campaign, for the structural checks: what is asked, earned and required."""

    contact_fields: tuple[str, ...] = ()
    steps: int = 0
    reward_kinds: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    invite_tiers: int = 0
    group_size: int = 0
    channels: tuple[str, ...] = ()
    earns_by_sharing: bool = False
    disclaimers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Excuse:
    """A hit that was seen and let through, and why: shown to reviewers, kept with the review."""

    rule: str
    path: str
    start: int
    end: int
    reason: str
    category: str = ""
    severity: str = ""
    matched: str = ""


@dataclass
class Report:
    """Findings and excuses of one scan."""

    findings: list[Finding] = field(default_factory=list)
    excuses: list[Excuse] = field(default_factory=list)


def let_through(report: Report) -> list[Excuse]:
    """Each passage that would have been a warning or worse, by its gravest and longest hit."""
    taken: dict[str, set[int]] = defaultdict(set)
    for one in report.findings:
        taken[one.path].update(range(one.start, one.end))
    kept = []
    ranked = sorted(report.excuses, key=lambda one: (-Severity(one.severity).weight, one.start - one.end))
    for seen in ranked:
        places = set(range(seen.start, seen.end))
        if seen.severity != Severity.INFO and places.isdisjoint(taken[seen.path]):
            kept.append(seen)
            taken[seen.path] |= places
    return sorted(kept, key=lambda one: (one.path, one.start))
