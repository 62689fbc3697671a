"""A crowd behind one address: whoever must wait is told so, and the page goes on by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from campaigns.player.limits import NEWCOMERS
from kernel.scope import scope
from tests.campaigns.conftest import add_consult, put_out, ready_quiz
from tests.cast import make_institution, make_staff
from tests.journeys.conftest import OpenPhone
from tests.journeys.own_server import House

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_the_page_waits_its_turn_and_goes_on_by_itself(
    house: House, open_phone: OpenPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        marketer = make_staff("lin.yue", "marketer").actor
        add_consult()
        live = put_out(ready_quiz(marketer), marketer)
    monkeypatch.setattr(NEWCOMERS, "burst", 1)
    monkeypatch.setattr(NEWCOMERS, "each_second", 0.2)
    open_phone(f"{house.address}/h/bank/{live.code}/")
    page = open_phone(f"{house.address}/h/bank/{live.code}/")
    refused: list[int] = []
    page.on("response", lambda answer: refused.append(answer.status) if "/start/" in answer.url else None)

    page.click("[data-start]")

    expect(page.locator("[data-toast]")).to_contain_text("正在为您排队")
    expect(page.locator(".answer").first).to_be_visible()
    assert (refused[0], refused[-1]) == (429, 200)
