"""Rows for a spreadsheet, which opens them and runs nothing, and rows out of one: the one place for CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def sheet(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as CSV in UTF-8 with a mark that spreadsheets know; cells like formulas begin with a quote."""
    sink = io.StringIO()
    csv.writer(sink).writerows([_harmless(cell) for cell in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


def as_text(file: bytes) -> str:
    """The file's text: UTF-8, or the GB18030 that spreadsheets here still write."""
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.decode("gb18030", errors="replace")


def rows_in(text: str) -> Iterator[Sequence[str] | None]:
    """The cells of each row, tabs or commas, whichever way lines end; None where a row is beyond reading."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = "\t" if "\t" in lines.partition("\n")[0] else ","
    rows = csv.reader(io.StringIO(lines), delimiter=delimiter)
    while True:
        try:
            yield next(rows)
        except csv.Error:
            yield None
        except StopIteration:
            return


def as_typed(cell: str) -> str:
    """A cell of ours as it was before ``sheet`` made it harmless."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(_STARTS_FORMULA) else cell


def _harmless(cell: object) -> str:
    """Numbers of ours stay numbers; words that a spreadsheet would compute become words."""
    text = str(cell)
    if isinstance(cell, int | float) or not text.lstrip(" ").startswith(_STARTS_FORMULA):
        return text
    return f"'{text}"
