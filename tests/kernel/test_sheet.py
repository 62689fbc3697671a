"""What a customer typed is carried away in a spreadsheet, and computes nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from kernel.sheet import sheet

APPS = (
    "analytics",
    "campaigns",
    "compliance",
    "config",
    "integrations",
    "ledger",
    "privacy",
    "rewards",
    "tenancy",
)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", " ="])
def test_no_cell_begins_a_formula(start: str) -> None:
    line = sheet([["林悦", f"{start}HYPERLINK(1)", -3]]).decode("utf-8-sig")

    assert line == f"林悦,'{start}HYPERLINK(1),-3\r\n"


def test_every_export_is_written_in_one_place() -> None:
    root = Path(settings.BASE_DIR)
    writing = [
        path.relative_to(root).as_posix()
        for app in APPS
        for path in (root / app).rglob("*.py")
        if "csv.writer(" in (words := path.read_text(encoding="utf-8")) or "csv.DictWriter(" in words
    ]
    assert writing == []
