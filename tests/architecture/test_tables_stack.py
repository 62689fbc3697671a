"""On a phone a table of the back office is a list whose cells say their headings; none is cut off."""

from __future__ import annotations

import re

from tests.services import ROOT
from tests.walk import only_excused

_TABLE = re.compile(r'<table\b[^>]*\bclass="table\b.*?</table>', re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<td\b([^>]*)>")
_NUMBERS = "figures side by side under one heading row: read across, scrolled sideways inside their card"
SCROLLED = {
    "rewards/appointments.html": "visits.css makes each visit a card, tried in tests/journeys/test_desk.py",
    "analytics/board_games.html": _NUMBERS,
    "analytics/board_panel.html": _NUMBERS,
}


def test_every_table_becomes_a_list_on_a_phone():
    flat = {
        path: "not stacked"
        for path, tables in tables_of_the_desk()
        if any("table--stack" not in table for table in tables)
    }

    only_excused(flat, SCROLLED)


def test_every_cell_of_such_a_list_says_its_heading():
    silent = [
        f"{path}: {cell}"
        for path, tables in tables_of_the_desk()
        for table in tables
        if "table--stack" in table
        for row in _ROW.findall(table.partition("</thead>")[2])
        for cell in said(row)[1:]
        if "data-label" not in cell and "table__actions" not in cell and "colspan" not in cell
    ]

    assert silent == []


def said(row: str) -> list[str]:
    """The cells of a row, but for a box to tick."""
    return [cell for cell in _CELL.findall(row) if "question-tick" not in cell]


def tables_of_the_desk() -> list[tuple[str, list[str]]]:
    templates = ROOT / "templates"
    return [
        (str(file.relative_to(templates)), _TABLE.findall(file.read_text(encoding="utf-8")))
        for file in sorted(templates.rglob("*.html"))
        if not file.name.startswith("evidence_")
    ]
