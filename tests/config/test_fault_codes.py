"""A refused start names its fault by a code, which is looked up in one place."""

from __future__ import annotations

import re

from tests.services import ROOT


def test_a_code_of_a_refused_start_stands_in_one_module() -> None:
    """Two checks of different things once shared a code: whoever looked it up found the other."""
    places: dict[str, set[str]] = {}
    for path in sorted((ROOT / "config").glob("*.py")):
        for code in re.findall(r"hequ\.E\d{3}", path.read_text()):
            places.setdefault(code, set()).add(path.name)

    assert len(places) > 15
    assert {code: files for code, files in places.items() if len(files) > 1} == {}
