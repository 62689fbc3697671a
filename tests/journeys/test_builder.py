"""A marketer builds a campaign in three steps, loses nothing on the way, and arrives at compliance."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, StorageState, expect

from tests.journeys.conftest import DESK, PATIENCE
from tests.journeys.people import Demo

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TEN_MINUTES = 600
GRAVE = {"serious", "critical"}
ROW = "\t".join(
    [
        "收到“积分即将过期”的短信链接怎么办？",
        "马上点开",
        "转给家人",
        "从官方APP查询",
        "回复短信",
        "C",
        "积分请在官方渠道查询，短信链接可能是钓鱼网站。",
        "AF-30",
    ]
)


@pytest.fixture(scope="module")
def signed_in(demo: Demo, browser: Browser) -> StorageState:
    """The marketer's session: an authenticator's code works once, so she signs in once."""
    context = browser.new_context(locale="zh-CN")
    demo.sign_in(context.new_page(), "marketer@hequ-bank")
    session = context.storage_state()
    context.close()
    return session


@pytest.fixture
def builder(demo: Demo, browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """The anti-fraud preset, just taken from the gallery."""
    context = browser.new_context(viewport=DESK, locale="zh-CN", storage_state=signed_in)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{demo.desk}campaigns/new/")
    page.locator(".preset", has_text="反诈专题").get_by_role("button").click()
    page.wait_for_url("**/build/**")
    expect(page.locator("[data-tally]")).not_to_be_empty()
    yield page
    context.close()


def saved(page: Page) -> None:
    """Everything typed has reached the server."""
    page.wait_for_timeout(1100)
    expect(page.locator("[data-autosave-sign]")).to_have_attribute("data-state", "saved")


def test_from_preset_to_submission_in_three_steps(builder: Page) -> None:
    """F65, F66: the scripted newcomer is done long before ten minutes."""
    began = time.monotonic()
    page = builder

    expect(page.locator("[data-step]")).to_have_count(3)
    page.fill("#title", "反诈知识闯关·冬季")
    page.get_by_role("button", name="下一步：权益与规则").click()
    page.fill("#pass-mark", "60")
    expect(page.locator("[data-generated-rules]")).to_contain_text("60%")
    page.get_by_role("button", name="下一步：渠道与时间").click()
    page.locator("label.check", has_text="公众号菜单").click()
    expect(page.locator("[data-tally]")).to_contain_text("自动检查通过")
    page.fill("#note", "冬季反诈宣传，请审核")
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url(lambda url: "/build/" not in url)

    expect(page.locator("main")).to_contain_text("审核中")
    expect(page.locator("main")).to_contain_text("冬季反诈宣传，请审核")
    assert time.monotonic() - began < TEN_MINUTES


def test_a_finding_stands_under_its_field_and_one_tap_rewords_it(builder: Page) -> None:
    """S4."""
    page = builder

    page.fill("#title", "国家级反诈知识闯关")
    finding = page.locator('[data-findings-for="title"] .finding')
    expect(finding).to_contain_text("《广告法》第九条")
    finding.get_by_role("button").click()

    expect(page.locator("#title")).to_have_value("优质反诈知识闯关")
    expect(finding).to_have_count(0)


def test_a_missing_disclaimer_is_put_back_with_one_tap(builder: Page) -> None:
    """F10."""
    page = builder

    page.fill("#title", "认识净值型理财产品")
    page.get_by_role("button", name="下一步：权益与规则").click()
    page.get_by_role("button", name="下一步：渠道与时间").click()
    finding = page.locator('[data-findings-for="disclaimers"] .finding')
    expect(finding).to_contain_text("理财非存款")
    finding.get_by_role("button").click()

    expect(page.locator('[data-path="disclaimers"][value="D-BANK-01"]')).to_be_checked()
    expect(finding).to_have_count(0)


def test_questions_come_from_the_bank_from_a_sheet_and_from_the_keyboard(builder: Page) -> None:
    page = builder
    cards = page.locator(".question-card")
    before = cards.count()

    page.get_by_role("button", name="从 Excel 粘贴").click()
    page.fill("[data-paste-box]", ROW)
    page.locator("[data-paste-add]").click()
    page.get_by_role("button", name="从题库选题").click()
    page.locator("[data-bank-list] input:not([disabled])").first.check()
    page.get_by_role("button", name="加入所选题目").click()
    cards.nth(before).locator(".handle").focus()
    page.keyboard.press("Alt+ArrowUp")
    saved(page)
    page.reload()

    expect(cards).to_have_count(before + 2)
    expect(cards.nth(before - 1)).to_contain_text("积分即将过期")


def test_a_removed_question_can_be_brought_back(builder: Page) -> None:
    page = builder
    cards = page.locator(".question-card")
    before, first = cards.count(), cards.first.locator("[data-summary]").inner_text()

    cards.first.locator("summary").click()
    cards.first.get_by_role("button", name="删除这道题").click()
    expect(cards).to_have_count(before - 1)
    page.get_by_role("button", name="撤销").click()
    saved(page)

    expect(cards.first.locator("[data-summary]")).to_have_text(first)


def test_the_phone_follows_the_question_that_is_edited(builder: Page) -> None:
    page = builder

    page.locator(".question-card summary").nth(2).click()
    page.locator(".question-card").nth(2).locator('[data-field="text"]').fill(
        "有人借您的银行卡走账，可以吗？"
    )
    saved(page)

    expect(page.frame_locator("#phone").locator("body")).to_contain_text("有人借您的银行卡走账")


def test_the_browsers_back_and_forward_lead_through_the_steps(builder: Page) -> None:
    """The previews beside the form left steps of their own: Back did nothing, twice."""
    page = builder
    panel = page.locator("[data-panel]:not([hidden])")
    phone = page.frame_locator("iframe.phone__screen")
    for step in ("2", "3"):
        page.locator("[data-panel]:not([hidden])").get_by_role("button", name="下一步").click()
        expect(panel).to_have_attribute("data-panel", step)
        phone.locator("h1:visible").first.wait_for()
        page.wait_for_timeout(500)

    for step in ("2", "1"):
        page.evaluate("history.back()")
        expect(panel).to_have_attribute("data-panel", step)
    page.evaluate("history.forward()")
    expect(panel).to_have_attribute("data-panel", "2")
    panel.get_by_role("button", name="上一步").click()
    expect(panel).to_have_attribute("data-panel", "1")


def test_the_phone_never_takes_the_keyboard_from_the_field(builder: Page) -> None:
    page = builder
    phone = page.frame_locator("#phone")

    page.get_by_role("button", name="下一步：权益与规则").click()
    page.locator("#pass-mark").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("6")
    expect(phone.locator(".ring")).to_be_visible()
    saved(page)
    page.keyboard.type("5")

    expect(page.locator("#pass-mark")).to_be_focused()
    expect(page.locator("[data-generated-rules]")).to_contain_text("65%")


def test_what_is_typed_without_a_network_is_found_again(builder: Page) -> None:
    page = builder

    page.context.set_offline(True)
    page.fill("#promise", "断网时写下的一句话")
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate("window.stop()")
    kept = page.evaluate("Object.keys(sessionStorage)")

    assert [key.rpartition(".")[0] for key in kept] == ["hequ.unsaved.draft"]
    saved(page)
    page.reload()
    expect(page.locator("#promise")).to_have_value("断网时写下的一句话")


def test_a_save_whose_answer_is_lost_is_not_a_conflict_with_oneself(builder: Page) -> None:
    page = builder
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/draft/", lose_the_first_answer)
    page.fill("#title", "答复丢失的标题")
    expect(page.locator("[data-autosave-sign]")).to_have_attribute("data-state", "failed")
    page.fill("#title", "答复丢失后又改的标题")

    expect(page.locator("[data-autosave-sign]")).to_have_attribute("data-state", "saved")
    expect(page.locator("#moved")).to_be_hidden()
    page.reload()
    expect(page.locator("#title")).to_have_value("答复丢失后又改的标题")
    assert lost == [200]


def test_two_windows_do_not_overwrite_each_other(builder: Page) -> None:
    page, other = builder, builder.context.new_page()
    other.goto(page.url)
    expect(other.locator("[data-tally]")).not_to_be_empty()

    page.fill("#title", "第一个窗口的标题")
    saved(page)
    other.fill("#title", "第二个窗口的标题")

    expect(other.locator("#moved")).to_be_visible()
    other.on("dialog", lambda dialog: dialog.accept())
    other.reload()
    other.locator("[data-restore]").click()
    saved(other)
    expect(other.locator("#title")).to_have_value("第二个窗口的标题")


@pytest.mark.parametrize("place", ["campaigns/", "campaigns/new/"])
def test_the_marketers_pages_have_no_grave_fault(builder: Page, demo: Demo, place: str) -> None:
    builder.goto(f"{demo.desk}{place}")

    assert grave_faults(builder) == []


def test_the_builder_has_no_grave_fault(builder: Page) -> None:
    builder.locator(".question-card summary").first.click()
    faults = grave_faults(builder)
    for step in ("下一步：权益与规则", "下一步：渠道与时间"):
        builder.get_by_role("button", name=step).click()
        faults += grave_faults(builder)

    assert faults == []


def grave_faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"iframes": False}).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:140]}" for fault in found if fault["impact"] in GRAVE
    ]


def test_what_nobody_sees_is_taken_out_as_it_is_pasted_and_said(builder: Page) -> None:
    title = builder.locator("#title")
    title.fill("零\u202e险风\u202c识\u200b别")

    expect(title).to_have_value("零险风识别")
    expect(builder.locator("#toasts")).to_contain_text("看不见的字符")
    saved(builder)
