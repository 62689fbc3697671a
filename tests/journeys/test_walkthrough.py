"""F55, F56: a case walked through on a phone, and a scene of one written in the builder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.gallery import preset_called
from tests.journeys.conftest import DESK, PATIENCE, OpenPhone
from tests.journeys.people import Demo

pytestmark = [pytest.mark.journey, pytest.mark.slow]

NODES = {node["title"]: node for node in preset_called("scam_call_walkthrough").content["settings"]["nodes"]}
CLAIM = preset_called("claim_walkthrough").content["settings"]["nodes"]
READY = "#play:not([hidden]) .answer:not([disabled])"


def case_of(demo: Demo) -> str:
    """The demo's suspicious call, as a customer's link."""
    found: str = next(link["url"] for link in demo.links["h5"] if link["name"].endswith("接到可疑来电怎么办"))
    return found


def choose(page: Page, *, wisely: bool, taps: int = 1) -> None:
    """Tap an option of the scene shown, and wait for its remark."""
    page.wait_for_selector(READY)
    node = NODES[page.locator(".question [data-slot=title]").inner_text()]
    words = next(one["text"] for one in node["options"] if (one["id"] in node["answer"]) == wisely)
    page.locator(".answer", has_text=words).click(click_count=taps)
    expect(page.locator(".lesson")).to_contain_text("稳妥的做法" if wisely else "不够稳妥")


def test_a_wrong_turn_is_explained_and_the_case_still_ends_well(demo: Demo, open_phone: OpenPhone) -> None:
    """A double tap, a reload and the back button on the way change nothing of what was chosen."""
    page = open_phone(case_of(demo))

    page.click("[data-start]")
    choose(page, wisely=False, taps=2)
    expect(page.locator(".answer.detour .verdict")).to_have_text("您的选择")
    page.reload()
    expect(page.locator("[data-slot=count]")).to_have_text("第 2 步")
    page.locator(".case-file summary").click()
    expect(page.locator(".steps-taken li")).to_have_count(1)
    page.go_back()
    expect(page.locator("[data-start]")).to_have_text("继续参与")
    page.click("[data-start]")
    while not page.locator(".ending").is_visible():
        choose(page, wisely=True)
        page.click("[data-slot=next]")
        page.wait_for_selector(f"{READY}, .ending")

    expect(page.locator(".ending")).to_contain_text("处理妥当，已达标")
    expect(page.locator(".ending")).to_contain_text("其中 1 步不够稳妥")
    expect(page.locator("[data-earned-name]")).to_be_visible()
    roads = page.locator(".roads > li")
    assert "detour" in (roads.first.get_attribute("class") or "")
    expect(page.locator(".roads > li.detour")).to_have_count(1)
    page.reload()
    expect(page.locator(".ending")).to_contain_text("已达标")
    page.go_back()
    expect(page.locator("[data-start]")).to_have_text("查看结果")
    page.click("[data-start]")
    expect(page.locator(".ending")).to_contain_text("已达标")


@pytest.fixture(scope="module")
def builder(demo: Demo, browser: Browser) -> Iterator[Page]:
    """The claim's walk-through, just taken from the insurer's gallery."""
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    demo.sign_in(page, "marketer@anxin-insurance")
    page.goto(f"{demo.desk}campaigns/new/")
    page.locator(".preset", has_text="车险理赔流程模拟").get_by_role("button").click()
    page.wait_for_url("**/build/**")
    expect(page.locator("[data-tally]")).not_to_be_empty()
    yield page
    context.close()


def test_a_scene_is_written_linked_and_taken_out_again(builder: Page) -> None:
    """A scene that nothing leads to, and a way that leads nowhere, are said where they are."""
    page = builder
    scenes = page.locator(".question-card")
    count = scenes.count()
    first, fresh, faults = (
        scenes.first,
        scenes.nth(count),
        page.locator(".question-card [data-faults]:visible"),
    )

    page.get_by_role("button", name="添加情景").click()
    fresh.locator('[data-field="title"]').fill("补充证明")
    fresh.locator('[data-field="text"]').fill(
        next(node["text"] for node in CLAIM if node.get("outcome") == "reached")
    )
    for _option in range(2):
        fresh.get_by_role("button", name="删除选择").first.click()
    fresh.locator('[data-field="outcome"]').select_option("reached")
    expect(fresh.locator('.findings[data-slot=""]')).to_contain_text("没有任何选择通向这个情景")

    first.locator("summary").click()
    first.locator('[data-field="title"]').fill("事故现场怎么办")
    target = first.locator('[data-value="to"]').nth(1)
    target.select_option(label=f"情景 S{count + 1} · 补充证明")
    expect(faults).to_have_count(0)
    expect(page.frame_locator("#phone").locator(".question h1")).to_have_text("事故现场怎么办")

    fresh.get_by_role("button", name="删除这个情景").click()
    expect(first.locator('[data-about="to"]').nth(1)).to_contain_text("请选择接下来去哪个情景")
    expect(target.locator("option:checked")).to_have_text(f"S{count + 1}（已删除）")
    page.get_by_role("button", name="撤销").click()
    expect(faults).to_have_count(0)
    expect(page.locator("[data-autosave-sign]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(scenes).to_have_count(count + 1)
    expect(scenes.first).to_contain_text("事故现场怎么办")


def test_a_draft_that_is_brought_back_is_edited_as_before(builder: Page) -> None:
    """What was left in the browser is filled in a second time; a deed still happens once."""
    page = builder
    scenes = page.locator(".question-card")
    count = scenes.count()

    page.evaluate(
        """() => {
            const draft = JSON.parse(document.getElementById("draft-json").textContent).draft;
            const name = `draft.${document.getElementById("build").dataset.campaign}`;
            window.Unsaved.put(name, { draft: { ...draft, title: "断网时改的标题" } });
        }"""
    )
    page.reload()
    page.locator("[data-restore]").click()
    expect(page.locator("#title")).to_have_value("断网时改的标题")
    page.get_by_role("button", name="添加情景").click()
    scenes.nth(count).locator(".handle").focus()
    page.keyboard.press("Alt+ArrowUp")

    expect(scenes).to_have_count(count + 1)
    expect(scenes.nth(count - 1)).to_contain_text("还没有写标题")


def test_one_tap_puts_a_true_clause_in_place_of_a_forbidden_one(builder: Page, demo: Demo) -> None:
    """S4: what the tap does is done to the text, not written into it."""
    page = builder
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto(f"{demo.desk}questions/")
    page.get_by_role("button", name="新建题目").click()
    page.fill("#q-explanation", "稳赚不赔，请认真阅读条款。")
    finding = page.locator('[data-slot="explanation"] .finding', has_text="稳赚不赔")
    finding.get_by_role("button").click()

    expect(page.locator("#q-explanation")).to_have_value("收益存在不确定性，可能亏损，请认真阅读条款。")
