"""The back office over plain http inside a network: no secure context, and still everything works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserType, Page, expect

from kernel.scope import scope
from tests.campaigns.conftest import add_consult, put_out, ready_quiz
from tests.cast import make_institution, make_staff
from tests.desk import signed_in
from tests.journeys.conftest import CHROMIUM, DESK, FLAGS, PATIENCE
from tests.journeys.own_server import House

pytestmark = [pytest.mark.journey, pytest.mark.slow]

OUTSIDE = "desk.bank.test"  # a name that Chromium does not hold to be this machine


@pytest.fixture
def network(browser: Browser) -> Iterator[Browser]:
    """A browser for which the back office is another machine in the same network."""
    launcher: BrowserType = browser.browser_type
    elsewhere = launcher.launch(
        executable_path=CHROMIUM, args=[*FLAGS, f"--host-resolver-rules=MAP {OUTSIDE} 127.0.0.1"]
    )
    yield elsewhere
    elsewhere.close()


@dataclass
class Office:
    """The marketer's screen there, with a campaign that is out and one to build."""

    page: Page
    home: str
    live: UUID
    draft: UUID

    def open(self, name: str, campaign: UUID, **query: str) -> Page:
        self.page.goto(f"{self.home}{reverse(f'campaigns:{name}', args=[campaign])}?{urlencode(query)}")
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def office(house: House, network: Browser) -> Iterator[Office]:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        marketer = make_staff("lin.yue", "marketer").actor
        add_consult()
        live, draft = put_out(ready_quiz(marketer), marketer), ready_quiz(marketer)
    context = network.new_context(viewport=DESK, locale="zh-CN")
    session = signed_in(marketer).cookies[settings.SESSION_COOKIE_NAME].value
    home = house.address.replace("127.0.0.1", OUTSIDE)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": home}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield Office(page, home, live.id, draft.id)
    context.close()


def test_a_question_of_ones_own_can_be_written(office: Office) -> None:
    page = office.open("build", office.draft, step="2")
    assert page.evaluate("[isSecureContext, typeof crypto.randomUUID]") == [False, "undefined"]
    cards = page.locator("[data-questions] [data-list] > *")
    before = cards.count()

    page.locator("[data-questions] [data-add]").click()

    expect(cards).to_have_count(before + 1)


def test_a_link_can_be_copied(office: Office) -> None:
    page = office.open("campaign", office.live)

    page.locator("[data-copy]").first.click()

    expect(page.locator(".toast")).to_contain_text("已复制")
