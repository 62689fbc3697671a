"""When many codes are asked for, a phone proves a little work first; nothing that was typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from campaigns.player import text_risk
from kernel.scope import scope
from privacy.models import OutboundText
from tests.campaigns.conftest import bank_with_live_quiz
from tests.journeys.conftest import OpenPhone
from tests.journeys.own_server import House
from tests.journeys.pictures import picture

pytestmark = [pytest.mark.journey, pytest.mark.slow]
MOBILE = "13800138000"


@pytest.fixture
def many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network has used up what is free."""
    monkeypatch.setattr(text_risk, "FREE_OF_NETWORK", 0.5)


def asks_for_a_code(page: Page) -> None:
    page.fill("#phone", MOBILE)
    page.check("[name=consent]")
    page.click(".dock button")


def test_the_phone_does_the_work_by_itself_and_goes_on(
    house: House, open_phone: OpenPhone, many_ask: None
) -> None:
    bank, live = bank_with_live_quiz()
    page = open_phone(f"{house.address}/h/bank/{live.code}/mine/recover/")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))

    asks_for_a_code(page)

    page.wait_for_selector("#code")
    assert any("proof_worker" in url for url in seen), "it was let through without a proof"
    with scope(bank):
        assert OutboundText.objects.count() == 1


def test_while_it_works_the_page_says_what_it_does(
    house: House, open_phone: OpenPhone, many_ask: None
) -> None:
    _bank, live = bank_with_live_quiz()
    page = open_phone(f"{house.address}/h/bank/{live.code}/mine/recover/")
    page.route("**/proof_worker.js*", _silent)

    asks_for_a_code(page)

    expect(page.locator("h1:visible")).to_contain_text("请稍等几秒")
    expect(page.locator("h1:visible")).to_be_focused()
    expect(page.locator("[role=status][data-told]")).to_contain_text("正在计算")
    expect(page.locator("progress")).to_be_visible()
    picture(page, "proof-working")


@pytest.mark.parametrize("view", ["plain", "elder"])
def test_a_phone_that_cannot_compute_may_wait(
    house: House, open_phone: OpenPhone, many_ask: None, view: str
) -> None:
    _bank, live = bank_with_live_quiz()
    page = open_phone(f"{house.address}/h/bank/{live.code}/mine/recover/?view={view}")
    page.route("**/proof_worker.js*", lambda route: route.abort())

    asks_for_a_code(page)

    expect(page.locator("[data-told]")).to_contain_text("点“继续”")
    expect(page.locator("progress")).to_be_hidden()
    picture(page, f"proof-waiting-{view}")


def test_without_scripts_the_number_is_still_there_after_the_wait(
    house: House, open_phone: OpenPhone, many_ask: None
) -> None:
    _bank, live = bank_with_live_quiz()
    page = open_phone(f"{house.address}/h/bank/{live.code}/mine/recover/", java_script_enabled=False)

    asks_for_a_code(page)

    expect(page.locator("[data-told]")).to_contain_text("请等 60 秒")
    picture(page, "proof-plain")


def _silent(route: Route) -> None:
    """A worker that never comes to an end."""
    route.fulfill(body="self.onmessage = () => {};", content_type="text/javascript")
