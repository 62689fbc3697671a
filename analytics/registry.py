"""Projections and reports, found by walking their folders: adding one edits nothing else."""

from __future__ import annotations

from functools import cache
from inspect import isabstract

from analytics.projections.base import Projection
from analytics.reports.base import ReportKind
from kernel.registry import discover


@cache
def projections() -> dict[str, Projection]:
    """Every projection by name, in name order."""
    found: dict[str, Projection] = {}
    for module in discover("analytics.projections"):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Projection) and not isabstract(kind):
                found[kind.name] = kind()
    return dict(sorted(found.items()))


@cache
def report_kinds() -> dict[str, ReportKind]:
    """Every kind of report by key, in key order."""
    found: dict[str, ReportKind] = {}
    for module in discover("analytics.reports"):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, ReportKind) and not isabstract(kind):
                found[kind.key] = kind()
    return dict(sorted(found.items()))
