"""The review desk by keyboard, with motion as most people have it. Issue 8, 18."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from campaigns.usecases import submit_for_review
from compliance.queries import latest_review
from kernel.scope import scope
from tests.campaigns.conftest import add_consult, ready_quiz
from tests.cast import NOON, make_institution, make_staff
from tests.desk import signed_in
from tests.journeys.own_server import House

pytestmark = [pytest.mark.journey, pytest.mark.slow]

BELOW_THE_BAR = range(60, 90)
_TOP = "() => Math.round(document.activeElement.getBoundingClientRect().top)"
_RESTED = """() => new Promise((told) => {
  let last = -1, same = 0;
  const look = () => {
    same = window.scrollY === last ? same + 1 : 0;
    last = window.scrollY;
    if (same > 10) told(true); else requestAnimationFrame(look);
  };
  look();
})"""


@pytest.fixture(params=["no-preference", "reduce"])
def desk(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[Page]:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        add_consult()
        marketer = make_staff("lin.yue", "marketer").actor
        officer = make_staff("zhou.heng", "compliance").actor
        campaign = ready_quiz(marketer)
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
        review = latest_review(campaign.ref)
    assert review is not None
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion=request.param
    )
    session = signed_in(officer).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": house.address}])
    page = context.new_page()
    page.goto(house.address + reverse("compliance:review", args=[review.id]))
    yield page
    context.close()


def pressed(page: Page, key: str) -> int:
    """Where the section that has the focus stands once the page has come to rest."""
    page.keyboard.press(key)
    page.evaluate(_RESTED)
    top: int = page.evaluate(_TOP)
    return top


def test_j_and_k_bring_each_section_below_the_bar(desk: Page) -> None:
    seen = [pressed(desk, "j") for _ in range(4)]
    scrolled = desk.evaluate("window.scrollY")
    back = pressed(desk, "k")

    assert scrolled > 200
    assert all(top in BELOW_THE_BAR for top in seen[1:]), seen
    assert back in BELOW_THE_BAR
    assert desk.evaluate("window.scrollY") < scrolled


def test_the_phone_beside_the_review_leaves_no_steps_for_back_to_walk_through(desk: Page) -> None:
    """Issue 8, 24: each section turned the phone, and each turn was a Back that did nothing."""
    phone = desk.locator("iframe.phone__screen")
    steps = desk.evaluate("history.length")
    seen = set()
    for key in "jjjppp":
        pressed(desk, key)
        desk.wait_for_load_state("networkidle")
        seen.add(phone.evaluate("frame => frame.contentWindow.location.href"))

    assert len(seen) > 2
    assert desk.evaluate("history.length") == steps
