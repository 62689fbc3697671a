"""A licence that nobody agreed to does not reach production."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.services import ROOT


@pytest.fixture(scope="module")
def bill() -> ModuleType:
    made = importlib.util.spec_from_file_location("bill", ROOT / "deploy" / "bill_of_materials.py")
    assert made
    assert made.loader
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("licence", "stands"),
    [
        ("MIT", True),
        ("License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)", True),
        ("LGPL-3.0-only", True),
        ("", False),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0", False),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", False),
        ("License :: OSI Approved :: GNU Affero General Public License v3", False),
    ],
)
def test_a_licence_is_judged_where_it_runs(bill: ModuleType, licence: str, stands: bool) -> None:
    assert (bill.refused({"a": licence}, {"a"}, {}) == []) is stands
    assert bill.refused({"a": licence}, {"a"}, {"a": "somebody looked"}) == []
    assert bill.refused({"a": licence}, set(), {}) == []


def test_an_agreement_that_nothing_needs_is_told(bill: ModuleType) -> None:
    assert bill.refused({}, set(), {"gone": "once"}) == ["gone is agreed to and not there"]


def test_the_locked_file_is_read_whole(bill: ModuleType) -> None:
    packages = bill.locked(ROOT / "requirements.txt")

    assert {"django", "psycopg2-binary", "granian"} <= packages
    assert len(packages) > 30
