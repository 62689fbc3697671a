"""A journey waits for what it asserts: a page that is still on its way has nothing on it yet.

``locator.is_visible()``, ``count()`` and the like answer at once. Asserted right after a click they ask the
page before or no page at all, and fail on a busy machine. Playwright's ``expect`` asks until it holds.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.services import ROOT

AT_ONCE = {
    "is_visible", "is_hidden", "is_enabled", "is_disabled", "is_checked", "count", "all_inner_texts",
    "inner_text", "text_content",
}  # fmt: skip
JOURNEYS = sorted((ROOT / "tests" / "journeys").glob("test_*.py"))


def impatient(text: str) -> list[str]:
    """What a test asserts of a locator without waiting."""
    return [
        ast.unparse(call)
        for asserted in ast.walk(ast.parse(text))
        if isinstance(asserted, ast.Assert)
        for call in ast.walk(asserted.test)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in AT_ONCE
        and ("locator(" in ast.unparse(call.func.value) or "get_by_" in ast.unparse(call.func.value))
    ]


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name)
def test_a_journey_waits_for_what_it_asserts(path: Path) -> None:
    assert impatient(path.read_text()) == []


def test_an_assertion_that_does_not_wait_is_found() -> None:
    found = impatient("def test(page):\n    assert page.locator('h1').first.is_visible()\n")

    assert found == ["page.locator('h1').first.is_visible()"]
