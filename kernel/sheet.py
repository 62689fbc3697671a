"""Rows for a spreadsheet, which opens them and runs nothing, and rows out of one: CSV and XLSX."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kernel.errors import BadRequest, NotFound

_ZIP = b"PK\x03\x04"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_LARGEST_UNPACKED = 20 * 1024 * 1024  # a sheet of 512 KB unpacks to a tenth of it; more is a bomb
_MOST_ROWS = 1000  # more than any import takes: what is over is told, not read to its end
_MOST_COLUMNS = 30
_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def sheet(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as CSV in UTF-8 with a mark that spreadsheets know; cells like formulas begin with a quote."""
    sink = io.StringIO()
    csv.writer(sink).writerows([_harmless(cell) for cell in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


class UnreadableSheet(BadRequest):
    """The file is no table that can be read; the sentence says what to save it as."""

    code = "unreadable_sheet"
    zh = "无法读取这个文件。请另存为 .xlsx，或 UTF-8 编码的 CSV 后再试。"
    en = "This file cannot be read. Please save it as .xlsx, or as CSV in UTF-8, and try again."


def workbook(rows: Sequence[Sequence[object]], *, title: str, widths: Sequence[int]) -> bytes:
    """The rows as an XLSX of one sheet, all cells text, the first row a heading that stays in sight."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append([str(cell) for cell in row])
    for cells in page.iter_rows():
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"  # never computed, never made a number of
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in page[1]:
        cell.font = Font(bold=True)
    for place, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.freeze_panes = "A2"
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def sheet_template(
    kind: str, rows: Sequence[Sequence[object]], *, title: str, widths: Sequence[int]
) -> tuple[bytes, str]:
    """A sheet to fill in ("csv" or "xlsx"), heading and example as given; its media type. Raises NotFound."""
    if kind == "csv":
        return sheet(rows), "text/csv; charset=utf-8"
    if kind == "xlsx":
        return workbook(rows, title=title, widths=widths), _XLSX
    raise NotFound


def rows_of(file: bytes) -> Iterator[Sequence[str] | None]:
    """The rows of an uploaded file, XLSX or text, whatever wrote it. Raises UnreadableSheet."""
    if file.startswith(_OLD_WORKBOOK):
        raise UnreadableSheet
    if file.startswith(_ZIP):
        return iter(_workbook_rows(file))
    return rows_in(as_text(file))


def as_text(file: bytes) -> str:
    """The file's text: UTF-8, UTF-16 with a mark or without, or the GB18030 of spreadsheets here.

    Raises UnreadableSheet.
    """
    for encoding in _encodings(file):
        with contextlib.suppress(UnicodeDecodeError):
            return file.decode(encoding).replace("\0", "")
    raise UnreadableSheet


def _encodings(file: bytes) -> Sequence[str]:
    """What the file may be written in, the likeliest first.

    In UTF-16 every end of a cell or line has a zero byte, always on the same side of its pair; other text has
    none but by accident.
    """
    if file.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    left, right = file[0::2].count(0), file[1::2].count(0)
    wide = "utf-16-le" if right >= left else "utf-16-be"
    if max(left, right) > len(file) / 10:
        return (wide,)
    return ("utf-8-sig", wide) if left or right else ("utf-8-sig", "gb18030")


def rows_in(text: str) -> Iterator[Sequence[str] | None]:
    """The cells of each row, tabs, commas or semicolons, whichever way lines end; None where a row is beyond
    reading.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows = csv.reader(io.StringIO(lines), delimiter=_delimiter(lines.lstrip("\n").partition("\n")[0]))
    while True:
        try:
            yield next(rows)
        except csv.Error:
            yield None
        except StopIteration:
            return


def _delimiter(first: str) -> str:
    if "\t" in first:
        return "\t"
    return ";" if first.count(";") > first.count(",") else ","


def _workbook_rows(file: bytes) -> list[Sequence[str]]:
    """The rows of the first sheet, as shown; what is beyond the bounds of an import is not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
                raise UnreadableSheet
        book = load_workbook(io.BytesIO(file), read_only=True, data_only=True)
        page = book.worksheets[0]
        page.reset_dimensions()
        found = page.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True)
        rows = [[_shown(cell) for cell in row] for row in found]
        book.close()
    except UnreadableSheet:
        raise
    except Exception as broken:  # whatever a file made to look like a workbook makes the library stumble over
        raise UnreadableSheet from broken
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell), default=0)
    return [[*row, *[""] * (width - len(row))][:width] for row in rows]


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def as_typed(cell: str) -> str:
    """A cell of ours as it was before ``sheet`` made it harmless."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(_STARTS_FORMULA) else cell


def _harmless(cell: object) -> str:
    """Numbers of ours stay numbers; words that a spreadsheet would compute become words."""
    text = str(cell)
    if isinstance(cell, int | float) or not text.lstrip(" ").startswith(_STARTS_FORMULA):
        return text
    return f"'{text}"
