"""When something ends, it is over: the date of that moment is never printed as its last day."""

from __future__ import annotations

import re

from tests.services import ROOT

ENDS = r"(?:\w+\.)*(?:expires_at|keep_until|access_until|book_before|lapses_at|until)"
AS_A_DAY = [
    re.compile(rf"\b{ENDS}\s*\|\s*cn_date\b"),
    re.compile(rf"(?<![\w.])(?:day|by_day|local_day)\({ENDS}\)"),
]


def test_an_end_is_printed_by_its_last_whole_day() -> None:
    """Issue 8: 有效期至 2027年1月30日 on a code that was over at nine that morning."""
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "campaigns").rglob("*.html")]
    written = [
        path
        for app in ("campaigns", "rewards", "privacy", "compliance")
        for path in ROOT.glob(f"{app}/**/*.py")
    ]

    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in [*pages, *written]
        for pattern in AS_A_DAY
        for match in pattern.finditer(path.read_text())
    }

    assert found == set()
