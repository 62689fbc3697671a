"""Every page of the back office that a planted world shows: legible to everybody, and no key for a name.

The sidebar's pages are walked as each post finds them in `test_desk.py`; here also the pages behind them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from config.demo.seed import plant
from tenancy.models import Institution
from tests.architecture.test_outsider_sees_404 import everything
from tests.journeys.conftest import PATIENCE
from tests.journeys.own_server import House
from tests.journeys.test_unsaved_forms import DESK, pages_of_work_waiting, readable_pages, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow]

GRAVE = {"serious", "critical"}
_KEY = re.compile(r"(?<![\w./@-])[a-z]+(?:_[a-z]+)+(?![\w/@-]|\.py)")
# What people read, without what is code on purpose: fingerprints, addresses, rules, the ledger's own data.
_WORDS = """() => {
  const page = document.getElementById("content").cloneNode(true);
  for (const one of page.querySelectorAll("code, pre, .code, script, textarea, input")) one.remove();
  return page.textContent;
}"""


def test_every_page_is_legible_and_says_no_key_for_a_name(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    plant(tmp_path, now=timezone.now())
    ours = Institution.objects.get(sector="bank")
    actor = everything(ours)
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    sign_in(context, house, actor)
    page, axe = context.new_page(), Axe()
    faults: dict[str, list[str]] = {}

    for path in [*pages_of_work_waiting(ours), *readable_pages(actor, ours)]:
        page.goto(house.address + path)
        if found := [*illegible(page, axe), *keys_on(page)]:
            faults[path] = found
    context.close()

    assert not faults


def illegible(page: Page, axe: Axe) -> list[str]:
    found = axe.run(page).response["violations"]
    return [
        f"{one['id']} ×{len(one['nodes'])}: {one['nodes'][0]['target']}"
        for one in found
        if one["impact"] in GRAVE
    ]


def keys_on(page: Page) -> list[str]:
    if not page.locator("#content").count():
        return []
    return sorted(set(_KEY.findall(page.evaluate(_WORDS))))
