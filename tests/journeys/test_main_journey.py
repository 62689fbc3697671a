"""The main job by the people who do it: built, reviewed, played, booked, redeemed, counted (issue 2)."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Colleague, OpenPhone
from tests.journeys.leaks import places_that_tell
from tests.journeys.people import Demo, book_service, fresh_mobile, play_to_the_end, sending_tap
from tests.journeys.pictures import picture

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TITLE = "守好钱袋子反诈课堂"
REVIEWERS = ("creative", "legal", "operations", "compliance", "consumer")
MOST_ROUNDS = 8
PATIENCE_LOOKS = 40
NAME, MOBILE = "欧阳明月", fresh_mobile()


def test_from_marketer_to_redemption(demo: Demo, open_phone: OpenPhone, colleague: Colleague) -> None:
    marketer, clerk = colleague("marketer"), colleague("service")
    campaign = _build(demo, marketer)
    _approve(demo, colleague)
    link = _publish(marketer, campaign)

    code = _take_part(demo, open_phone, link)

    _redeem(demo, clerk, code)
    _redeem_again_is_refused(demo, clerk, code)
    _numbers(demo, marketer, campaign)
    _report(demo, marketer, campaign)
    _pause_reaches_the_phone(marketer, open_phone, campaign, link)
    assert places_that_tell(demo, [TITLE])  # the search does find what is there
    assert not places_that_tell(demo, [NAME, MOBILE, code, _as_read(code)])


def _build(demo: Demo, desk: Page) -> str:
    """The marketer: a preset, three steps, submitted. The campaign's address."""
    picture(desk, "marketer-home")
    desk.goto(f"{demo.desk}campaigns/new/")
    picture(desk, "gallery")
    desk.locator("form:has([name=preset][value=anti_fraud_quiz]) button").click()
    desk.wait_for_selector("#title")
    campaign = desk.url.split("build/")[0]

    desk.fill("#title", TITLE)
    picture(desk, "builder-content")
    desk.click("[data-go='2']:visible")
    desk.wait_for_selector("[data-panel='2']:visible")
    service = desk.locator("select[data-as=benefit]").first
    if not service.input_value():
        service.select_option(index=1)
    picture(desk, "builder-benefit")
    desk.click("[data-go='3']:visible")
    channel = desk.locator("[data-as=channel]").first
    channel.check()
    picture(desk, "builder-channels")
    desk.click("button[data-submit]")
    desk.wait_for_url(re.compile(r"/desk/campaigns/[0-9a-f-]+/(\?.*)?$"))
    return campaign


def _approve(demo: Demo, colleague: Colleague) -> None:
    """Whoever is asked, stage by stage, until nobody is asked any more."""
    waiting = True
    for _round in range(MOST_ROUNDS):
        if not waiting:
            return
        waiting = False
        for reviewer in REVIEWERS:
            waiting = _decide(demo, colleague(reviewer), reviewer) or waiting


def _decide(demo: Demo, desk: Page, reviewer: str) -> bool:
    """Approve what this reviewer is asked about; whether there was anything."""
    desk.goto(f"{demo.desk}reviews/")
    entry = desk.locator(f"a:has-text('{TITLE}')").first
    if not entry.count():
        return False
    picture(desk, f"review-queue-{reviewer}")
    entry.click()
    desk.wait_for_load_state("networkidle")
    approve = desk.locator("button[name=verdict][value=approve]")
    if not approve.count():
        return False
    expect(desk.frame_locator("iframe.phone__screen").locator(f"h1:has-text('{TITLE}')")).to_be_visible()
    picture(desk, f"review-{reviewer}")
    approve.click()
    desk.locator("dialog[open] button:has-text('通过')").click()
    desk.wait_for_load_state("networkidle")
    return True


def _publish(desk: Page, campaign: str) -> str:
    """The marketer publishes; the phone's address through an official channel."""
    desk.goto(campaign)
    desk.click("form[action*='deeds/publish'] button")
    desk.locator("dialog[open] button:has-text('发布')").click()
    desk.wait_for_selector("[data-copy]")
    picture(desk, "campaign")
    link = desk.locator("[data-copy]").first.get_attribute("data-copy")
    assert link is not None
    return link


def _take_part(demo: Demo, open_phone: OpenPhone, link: str) -> str:
    """The customer: notice, quiz, service, booking. The code."""
    phone = open_phone(link)
    expect(phone.locator("h1:visible")).to_contain_text(TITLE)
    picture(phone, "phone-landing")
    play_to_the_end(
        phone,
        on_question=lambda: picture(phone, "phone-question"),
        on_lesson=lambda: picture(phone, "phone-lesson"),
    )
    phone.wait_for_selector("[data-earned]:not([hidden])")
    picture(phone, "phone-result")
    phone.click("[data-earned-link]")
    phone.wait_for_selector("#name")
    picture(phone, "phone-booking")
    code = book_service(demo, phone, name=NAME, mobile=MOBILE, at_code=lambda: picture(phone, "phone-code"))
    picture(phone, "phone-ticket")
    home = link.split("?")[0]
    for name in ("mine", "privacy"):
        phone.goto(f"{home}{name}/")
        picture(phone, f"phone-{name}")
    phone.goto(f"{home}?view=elder")
    picture(phone, "phone-elder")
    return code


def _redeem(demo: Demo, desk: Page, code: str) -> None:
    """Service staff look first, then redeem."""
    desk.goto(f"{demo.desk}redeem/")
    desk.fill("[name=code]", code)
    desk.click("button:has-text('查验')")
    expect(desk.locator("text=欧**").first).to_be_visible()
    picture(desk, "redeem-check")
    desk.locator("[data-outcome=not_as_booked]").get_by_text("还没到预约的时间").wait_for()
    desk.click("button:has-text('客户同意现在办理，确认核销')")
    desk.wait_for_selector("[data-outcome]")
    expect(desk.locator("[data-outcome=redeemed]")).to_have_count(1)
    picture(desk, "redeem-done")


def _redeem_again_is_refused(demo: Demo, desk: Page, code: str) -> None:
    desk.goto(f"{demo.desk}redeem/")
    desk.fill("[name=code]", code)
    desk.click("button:has-text('查验')")
    desk.wait_for_selector("[data-outcome]")
    expect(desk.locator("[data-outcome=ready]")).to_have_count(0)


def _numbers(demo: Demo, desk: Page, campaign: str) -> None:
    """The live board has counted one customer all the way to the service."""
    board = f"{demo.desk}figures/{campaign.rstrip('/').rpartition('/')[2]}/"
    for _look in range(PATIENCE_LOOKS):
        desk.goto(board)
        desk.wait_for_load_state("networkidle")
        if re.search(r"使用服务\s+1\b", desk.locator("main").inner_text()):
            picture(desk, "figures", whole=True)
            return
        desk.wait_for_timeout(1000)
    raise AssertionError("the board never counted the redemption")


def _report(demo: Demo, desk: Page, campaign: str) -> None:
    """The scheduler has asked for the first report, a worker has made it: a page and a PDF."""
    reports = f"{demo.desk}reports/?campaign={campaign.rstrip('/').rpartition('/')[2]}"
    for _look in range(PATIENCE_LOOKS):
        desk.goto(reports)
        if desk.locator("a:has-text('PDF')").count():
            break
        desk.wait_for_timeout(3000)
    address = desk.locator("a:has-text('PDF')").first.get_attribute("href")
    assert address is not None
    paper = desk.context.request.get(urljoin(desk.url, address))
    assert paper.body().startswith(b"%PDF")
    desk.locator("a.table__main").first.click()
    desk.wait_for_load_state("networkidle")
    picture(desk, "report", whole=True)


def _pause_reaches_the_phone(desk: Page, open_phone: OpenPhone, campaign: str, link: str) -> None:
    """Pausing acts on phones within five seconds."""
    phone = open_phone(link)
    phone.click("[data-start]")
    answer = sending_tap(phone)
    desk.goto(campaign)
    desk.click("form[action*='deeds/pause'] button")
    desk.fill("dialog[open] textarea", "网点排队，先暂停")
    desk.locator("dialog[open] button:has-text('暂停')").click()
    desk.wait_for_load_state("networkidle")
    phone.wait_for_timeout(2000)

    answer.click()

    phone.wait_for_selector("text=活动暂停中")
    picture(phone, "phone-paused")


def _as_read(code: str) -> str:
    """The code as people read it, in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
