"""Scripts run where they are used: over plain http inside a network, and in browsers of some years ago."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.services import ROOT
from tests.walk import APPS

# What a page over plain http, or a browser of 2021, does not have; and what to write instead.
MISSING = {
    r"crypto\.randomUUID": "window.Desk.newKey()",
    r"\bstructuredClone\(": "JSON.parse(JSON.stringify(…))",
    r"AbortSignal\.timeout\(": "AbortSignal.timeout?.(…)",
    r"navigator\.clipboard\.": "navigator.clipboard?.",
    r"crypto\.subtle": "nothing: say that a secure address is needed",
}
EXCUSED = {
    (
        "privacy/static/privacy/customer_hashes.js",
        r"crypto\.subtle",
    ): "asks first, says what is needed",
    ("campaigns/static/player/app.js", r"AbortSignal\.timeout\("): "asks first",
}


def scripts() -> list[Path]:
    return sorted(path for app in APPS for path in (ROOT / app).rglob("static/**/*.js"))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_uses_nothing_that_plain_http_or_an_older_browser_lacks(path: Path) -> None:
    name, text = str(path.relative_to(ROOT)), path.read_text()

    used = {lacking: MISSING[lacking] for lacking in MISSING if re.search(lacking, text)}

    assert {lacking for lacking in used if (name, lacking) not in EXCUSED} == set(), used


def test_every_excuse_is_still_needed() -> None:
    stale = [name for name, lacking in EXCUSED if not re.search(lacking, (ROOT / name).read_text())]

    assert not stale
