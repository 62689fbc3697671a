"""A form of the back office that is sent once can be sent again when it was not sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kernel.scope import scope
from tests.cast import make_institution, make_staff
from tests.journeys.conftest import DESK, PATIENCE
from tests.journeys.own_server import House
from tests.journeys.test_unsaved_forms import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow]

BRANCH = {"name": "静安支行", "city": "上海", "address": "示范路 1 号"}


@pytest.fixture
def branches(house: House, browser: Browser) -> Iterator[Page]:
    """The institution's page, a branch typed and not yet sent."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        administrator = make_staff("guan.li", "administrator").actor
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    sign_in(context, house, administrator)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{house.address}/desk/institution/")
    for name, value in BRANCH.items():
        page.fill(f"[name={name}]", value)
    yield page
    context.close()


def send(page: Page) -> None:
    page.click("main form button[type=submit]")


def sent(page: Page) -> None:
    expect(page.locator("main table")).to_contain_text(BRANCH["address"])


def test_what_another_script_stopped_is_sent_with_the_next_tap(branches: Page) -> None:
    branches.evaluate(
        "document.addEventListener('submit', (event) => event.preventDefault(), { once: true })"
    )
    send(branches)
    expect(branches.locator("main form button[type=submit]")).not_to_have_attribute("aria-busy", "true")

    send(branches)

    sent(branches)


def test_a_page_from_the_browsers_memory_can_be_sent_again(branches: Page) -> None:
    """The back button shows the page as it was left: with its form under way."""
    branches.route("**/desk/institution/", _broken_line)
    send(branches)
    expect(branches.locator("main form button[type=submit]")).to_have_attribute("aria-busy", "true")
    branches.unroute("**/desk/institution/")
    branches.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    send(branches)

    sent(branches)


def test_a_second_tap_sends_nothing_until_the_first_is_plainly_lost(branches: Page) -> None:
    tries: list[str] = []

    def broken(route: Route) -> None:
        tries.append(route.request.method)
        _broken_line(route)

    branches.route("**/desk/institution/", broken)
    send(branches)
    send(branches)
    branches.wait_for_timeout(300)
    assert tries == ["POST"]
    branches.unroute("**/desk/institution/")
    branches.clock.fast_forward(16_000)

    send(branches)

    sent(branches)


def _broken_line(route: Route) -> None:
    route.abort("aborted")  # the page stays
