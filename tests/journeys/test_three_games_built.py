"""F7, F64: each of the three games is built from its preset in three steps, and readable for everyone."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from campaigns.usecases import create_campaign_from_preset
from compliance.queries import latest_review
from kernel.actor import Actor, Ref
from kernel.scope import scope
from rewards.usecases import add_benefit
from tests.campaigns.conftest import add_consult
from tests.campaigns.party_people import SERVICES, bank_with
from tests.cast import NOON, make_institution, make_staff
from tests.desk import signed_in
from tests.journeys.conftest import DESK, PATIENCE, OpenPhone
from tests.journeys.own_server import House

pytestmark = [pytest.mark.journey, pytest.mark.slow]

GRAVE = {"serious", "critical"}
MOST_BYTES = 150 * 1024  # everything a phone loads to begin, unpacked


def drafted(preset: str) -> tuple[UUID, Actor, str]:
    """A bank with every service, and a fresh draft of the preset."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        add_consult()
        operations = make_staff("yun.ying.er", "operations").actor
        for service, title in SERVICES.items():
            add_benefit(
                actor=operations,
                service=service,
                title=title,
                summary="由持证人员讲解，不推介产品。",
                delivered_by="wealth_manager",
                now=NOON,
            )
        marketer = make_staff("lin.yue", "marketer").actor
        campaign = create_campaign_from_preset(actor=marketer, preset=preset, now=NOON)
        return bank.id, marketer, str(campaign.id)


def grave(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    return [fault["id"] for fault in Axe().run(page).response["violations"] if fault["impact"] in GRAVE]


def keep_the_promise(page: Page, said: str) -> None:
    """A promise that names another number of days than the rules is a problem until its writer mends it."""
    page.get_by_role("button", name="上一步").click()
    promise = page.locator("#promise")
    written = promise.input_value()
    promise.fill(re.sub(r"签到\d+天", f"签到{re.sub(r'[^0-9]', '', said)}天", written))
    page.get_by_role("button", name="下一步：权益与规则").click()


@pytest.mark.parametrize(
    ("preset", "field", "value", "said"),
    [
        ("daily_check_in", "#days-a-month", "20", "满20天"),
        ("account_check_together", "#open-hours", "24", "24小时内完成"),
        ("existing_helps_new", "#pass-mark", "80", "达到80%"),
    ],
)
def test_from_preset_to_submission(
    house: House, browser: Browser, preset: str, field: str, value: str, said: str
) -> None:
    bank, marketer, campaign_id = drafted(preset)
    cookies = signed_in(marketer).cookies
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    key = cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": house.address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)

    page.goto(f"{house.address}/desk/campaigns/{campaign_id}/build/")
    expect(page.locator("[data-tally]")).not_to_be_empty()
    cards = page.locator(".question-card").count()
    faults = grave(page)
    page.get_by_role("button", name="下一步：权益与规则").click()
    page.fill(field, value)
    expect(page.locator("[data-generated-rules]")).to_contain_text(said)
    keep_the_promise(page, said)
    page.get_by_role("button", name="下一步：渠道与时间").click()
    page.locator("label.check", has_text="公众号菜单").click()
    expect(page.locator("[data-tally]")).to_contain_text("自动检查通过")
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url(lambda url: "/build/" not in url)
    context.close()

    assert cards >= 3
    assert faults == []
    with scope(bank):
        assert latest_review(Ref("campaign", UUID(campaign_id))) is not None


@pytest.mark.parametrize("preset", ["daily_check_in", "account_check_together", "existing_helps_new"])
def test_a_phone_begins_lightly_and_keeps_nobody_out(
    house: House, open_phone: OpenPhone, preset: str
) -> None:
    _bank, live = bank_with(preset)
    page = open_phone(f"{house.address}/h/bank/{live.code}/", wait=False)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.ok else None)

    page.reload()
    page.wait_for_load_state("networkidle")
    landing = grave(page)
    page.click("[data-start]")
    page.wait_for_selector("#play:not([hidden]) .dock button:visible")
    page.wait_for_load_state("networkidle")
    playing = grave(page)
    page.goto(f"{house.address}/h/bank/{live.code}/?view=elder#play")
    page.wait_for_selector("#play:not([hidden]) .dock button:visible")
    elder = grave(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert (landing, playing, elder) == ([], [], [])
    assert sum(sizes) <= MOST_BYTES
    assert wide <= 0
