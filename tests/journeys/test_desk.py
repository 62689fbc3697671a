"""The back office as each role finds it: every page of its own sidebar, in both languages and all widths."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.people import Demo

pytestmark = [pytest.mark.journey, pytest.mark.slow]

ROLES = ["marketer", "compliance", "service", "admin", "auditor"]
GRAVE = {"serious", "critical"}
HOUSE_SAYS = ".nav__link, .tabs, .page__actions, th, .field__label, .empty, .card__head h2"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 1024, "height": 768}
PHONE = {"width": 375, "height": 812}


@pytest.fixture(params=ROLES)
def at_work(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    """A colleague of the bank, signed in; whatever a page or its policy complains of fails the test."""
    context = browser.new_context(viewport=WIDE, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    demo.sign_in(page, f"{request.param}@hequ-bank")
    yield page
    context.close()
    assert not complaints


def sidebar(page: Page) -> list[str]:
    """Where this colleague may go."""
    links: list[str] = page.locator(".nav__link").evaluate_all("links => links.map(link => link.href)")
    return links


def test_every_page_of_the_sidebar_is_sound_in_both_languages(at_work: Page, demo: Demo) -> None:
    faults = [fault for link in sidebar(at_work) for fault in faults_of(at_work, link)]

    at_work.goto(demo.desk)
    at_work.click(".language")
    at_work.wait_for_selector("html[lang=en]")
    faults += [fault for link in sidebar(at_work) for fault in chinese_left(at_work, link)]

    assert not faults


def test_a_session_that_ended_leads_back_to_where_one_was(browser: Browser, demo: Demo) -> None:
    page = browser.new_context(locale="zh-CN").new_page()

    page.goto(f"{demo.desk}account/")

    assert "/desk/sign-in/?next=%2Fdesk%2Faccount%2F" in page.url
    page.context.close()


def faults_of(page: Page, link: str) -> list[str]:
    """Grave faults for people with disabilities, and sideways scrolling at the narrow sizes."""
    answer = page.goto(link)
    page.wait_for_load_state()
    found = [] if answer is not None and answer.status == 200 else [f"does not open: {link}"]
    found += [
        f"{one['id']} at {link}: {one['nodes'][0]['target']}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in GRAVE
    ]
    for size in (NARROW, PHONE):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            found.append(f"scrolls sideways at {size['width']}: {link}")
    page.set_viewport_size(WIDE)
    return found


def chinese_left(page: Page, link: str) -> list[str]:
    """What the house says in Chinese on an English page; what people wrote stays in their language."""
    page.goto(link)
    said = page.locator(HOUSE_SAYS).all_inner_texts()
    return [f"{text!r} at {link}" for text in said if any("\u4e00" <= letter <= "\u9fff" for letter in text)]
