"""Rows for a spreadsheet, which opens them and runs nothing: the one place that writes CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def sheet(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as CSV in UTF-8 with a mark that spreadsheets know; cells like formulas begin with a quote."""
    sink = io.StringIO()
    csv.writer(sink).writerows([_harmless(cell) for cell in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    """Numbers of ours stay numbers; words that a spreadsheet would compute become words."""
    text = str(cell)
    if isinstance(cell, int | float) or not text.lstrip(" ").startswith(_STARTS_FORMULA):
        return text
    return f"'{text}"
