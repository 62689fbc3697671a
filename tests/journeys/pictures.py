"""Pictures of the real screens, taken on the way: kept in ``docs/screens`` when ``HEQU_PICTURES`` is set."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """One screen as its visitor sees it now."""
    if not os.environ.get("HEQU_PICTURES"):
        return
    page.wait_for_timeout(900)  # what moves has come to rest
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)
