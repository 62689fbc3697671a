"""The tables of docs/scanner.md are what the scanner does now: written by `manage.py measure_scanner`."""

from __future__ import annotations

import pytest

from compliance.evaluation import Score
from compliance.measured import BY_SECTOR, sectors_measured, set_row, with_measured
from tests.services import ROOT


def test_the_figures_by_sector_are_those_of_today():
    page = (ROOT / "docs" / "scanner.md").read_text(encoding="utf-8")

    assert with_measured(page, [(BY_SECTOR, sectors_measured())]) == page, "run manage.py measure_scanner"


def test_a_set_of_honest_lines_only_has_no_recall():
    assert set_row("neutral", Score(honest=727)) == "| neutral | | | 727 | 0.0 % |"
    assert set_row("blind", Score(270, 264, 270, 9)) == "| **blind** | 270 | **97.8 %** | 270 | **3.3 %** |"


def test_a_table_that_is_gone_is_told():
    with pytest.raises(ValueError, match="no table"):
        with_measured("nothing here", [(BY_SECTOR, [])])
