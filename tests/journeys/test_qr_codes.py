"""Every QR code of the back office and its prints, read from the picture a browser or a printer makes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pypdfium2
import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from campaigns.live import LiveCampaign
from campaigns.models import Channel
from kernel.actor import Actor
from kernel.scope import scope
from tests.campaigns.conftest import add_consult, put_out, ready_quiz
from tests.cast import make_institution, make_staff
from tests.desk import signed_in
from tests.journeys.conftest import DESK, PATIENCE, PHONE
from tests.journeys.own_server import House
from tests.qr_reader import code_shown, codes_in

pytestmark = [pytest.mark.journey, pytest.mark.slow]

COARSE = 100 / 72  # dots a point of a cheap printer and a camera a step away


@pytest.fixture
def campaign(house: House) -> tuple[UUID, LiveCampaign, Actor]:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        marketer = make_staff("lin.yue", "marketer").actor
        add_consult()
        return bank.id, put_out(ready_quiz(marketer), marketer), marketer


def at_desk(browser: Browser, house: House, actor: Actor, *, verified: bool = True, **size: int) -> Page:
    """A browser past the doors of the back office."""
    context = browser.new_context(viewport={**DESK, **size}, locale="zh-CN")
    session = signed_in(actor, verified=verified).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": house.address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return page


def address(house: House, name: str, *args: Any) -> str:
    return house.address + reverse(f"campaigns:{name}", args=args)


@pytest.mark.parametrize("width", [PHONE["width"], 1024, DESK["width"]])
def test_the_channels_codes_lead_to_the_campaign(
    house: House, browser: Browser, campaign: tuple[UUID, LiveCampaign, Actor], width: int
) -> None:
    """F15: from the campaign's page, at the size it shows them."""
    _, live, marketer = campaign
    page = at_desk(browser, house, marketer, width=width)
    page.goto(address(house, "campaign", live.id))
    page.wait_for_load_state("networkidle")

    read = urlsplit(code_shown(page.locator(".channel-qr").first, blur=0.5))

    assert read.path == f"/h/bank/{live.code}/"
    assert parse_qs(read.query)["ch"]
    page.context.close()


def test_the_poster_is_read_from_the_screen_and_from_paper(
    house: House, browser: Browser, campaign: tuple[UUID, LiveCampaign, Actor]
) -> None:
    """F16: the page, the page printed from the browser, and the sheet to download say the same link."""
    bank, live, marketer = campaign
    with scope(bank):
        channel = Channel.objects.get(campaign_id=live.id)
    page = at_desk(browser, house, marketer)
    page.goto(address(house, "poster", live.id, channel.key))
    page.wait_for_load_state("networkidle")

    shown = code_shown(page.locator(".poster__qr"), blur=0.5)
    printed = paper(page.pdf(prefer_css_page_size=True, print_background=True))
    sheet = paper(page.request.get(address(house, "poster_pdf", live.id, channel.key)).body())

    assert f"/h/bank/{live.code}/?ch={channel.key}" in shown
    assert (printed, sheet) == ([shown], [shown])
    page.context.close()


def test_the_authenticators_code_is_read_from_the_screen(house: House, browser: Browser) -> None:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        newcomer = make_staff("xin.ren", "marketer").actor
    page = at_desk(browser, house, newcomer, verified=False)
    page.goto(house.address + reverse("tenancy:set_up"))
    page.wait_for_load_state("networkidle")

    read = urlsplit(code_shown(page.locator("img.qr"), blur=0.5))

    assert (read.scheme, read.netloc) == ("otpauth", "totp")
    page.locator("summary").click()
    shown = page.locator(".code").inner_text()
    assert parse_qs(read.query)["secret"] == [shown.replace(" ", "")]
    page.context.close()


def paper(pdf: bytes) -> list[str]:
    """What a camera reads from the printed pages, at a hundred dots an inch."""
    return [
        text
        for sheet in pypdfium2.PdfDocument(pdf)
        for text in codes_in(sheet.render(scale=COARSE).to_pil(), blur=0.5)
    ]
