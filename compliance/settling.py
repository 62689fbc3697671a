"""When a finding no longer stands in the way of an approval. The database asks the same (`settled_sql`).

A warning: a reviewer who wrote none of the content set it aside, with a reason; where somebody is pressed or
promised something, a second one confirmed it. A blocking finding: two, one of them of compliance; a promise
of principal or return: one of compliance and one of law. Hints ask nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.models import Dismissal

PROMISES = frozenset({"principal_protection", "guaranteed_return"})
PRESSING = frozenset(
    {
        "urgency_pressure",
        "risk_downplay",
        "exaggeration",
        "past_performance",
        "induced_sharing",
        "disguised_rebate",
        "minor_targeting",
    }
)
OFFICE, LAW = "compliance", "legal"


def is_asked(finding: Mapping[str, Any]) -> bool:
    """Whether anybody must say something to it before an approval."""
    return finding["severity"] in {"block", "warn"}


def takes_two(finding: Mapping[str, Any]) -> bool:
    """Whether one reviewer's word is not enough."""
    return finding["severity"] == "block" or finding.get("category") in PROMISES | PRESSING


def fit_for(finding: Mapping[str, Any], first: Iterable[str], second: Iterable[str]) -> bool:
    """Whether two reviewers with these posts may set it aside between them."""
    if finding["severity"] != "block":
        return True
    one, other = set(first), set(second)
    if finding.get("category") in PROMISES:
        return (OFFICE in one and LAW in other) or (LAW in one and OFFICE in other)
    return OFFICE in one | other


def may_begin(finding: Mapping[str, Any], roles: Iterable[str]) -> bool:
    """Whether a colleague with these posts may be the first of two: somebody must be able to confirm it."""
    return finding.get("category") not in PROMISES or bool({OFFICE, LAW} & set(roles))


def is_settled(finding: Mapping[str, Any], aside: Dismissal | None) -> bool:
    """Whether this dismissal, by people who wrote none of it, answers the finding."""
    if not is_asked(finding):
        return True
    if aside is None:
        return False
    if not takes_two(finding):
        return True
    return aside.seconded_by is not None and fit_for(finding, aside.by.roles, aside.seconded_by.roles)
