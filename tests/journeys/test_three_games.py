"""F18, F27, F28, F36, F41: check-in, group and referral on phones, also inside WeChat (issue 4)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from campaigns.live import LiveCampaign
from campaigns.usecases.parties import expire_parties
from kernel.actor import SYSTEM
from kernel.scope import scope
from kernel.sealed import open_text
from kernel.timekeeping import end_of_day, local_day
from ledger.models import Entry
from privacy.models import OutboundText, Participant
from privacy.vault import own_key
from rewards.models import Grant
from rewards.points import books, points_of
from tests.campaigns.party_people import CUSTOMERS, a_phone, bank_with, right_answers, the_party
from tests.journeys.conftest import OpenPhone
from tests.journeys.own_server import House

pytestmark = [pytest.mark.journey, pytest.mark.slow]

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN"
)


def home_of(house: House, live: LiveCampaign) -> str:
    return f"{house.address}/h/bank/{live.code}/"


def prove(page: Page, bank: UUID, number: str) -> None:
    """Notice, number, consent, the texted code; back to the play."""
    page.fill("#phone", number)
    page.check("[name=consent]")
    page.click(".dock button[type=submit]")
    page.wait_for_selector("#code")
    page.fill("#code", texted_code(bank))
    page.click(".dock button[type=submit]")
    page.wait_for_url("**#play")
    page.wait_for_load_state("networkidle")


def texted_code(bank: UUID) -> str:
    """The one-time code as the phone would show it."""
    with scope(bank):
        text = OutboundText.objects.filter(kind="phone_code").latest("created_at", "id")
        key = own_key(Participant.of(text.participant_id))
        letter = json.loads(open_text(OutboundText, "sealed", text.id, text.sealed, key=key))
    found = re.search(r"\d{6}", letter["body"])
    assert found
    return found.group()


def shared_link(page: Page) -> str:
    """The address that the helper would pass on."""
    page.click("text=复制邀请链接")
    page.wait_for_selector("[data-slot=link-box]:not([hidden])")
    return page.locator("[data-slot=link]").input_value().splitlines()[-1]


def services(bank: UUID) -> list[str]:
    with scope(bank):
        return sorted(Grant.objects.values_list("benefit__service", flat=True))


def test_two_phones_form_a_group(house: House, open_phone: OpenPhone) -> None:
    """F18, F19: from the landing page to the service, on two phones."""
    bank, live = bank_with("account_check_together")
    first = open_phone(home_of(house, live))
    first.click("[data-start]")
    first.click("text=和一位新客户一起")
    prove(first, bank, "13800000001")
    expect(first.locator("h1:visible")).to_have_text("您已加入，还差一位新客户")
    link = shared_link(first)

    second = open_phone(link)
    expect(second.locator("[data-invited]")).to_contain_text("您收到一份邀请")
    second.click("[data-start]")
    expect(second.locator("#play")).to_contain_text("一位新客户邀请您一起参与")
    second.click("text=加入，一起领取")
    prove(second, bank, "13800000002")

    expect(second.locator("h1:visible")).to_have_text("你们都获得了这项服务")
    expect(second.locator("[data-earned-link]")).to_be_visible()
    first.reload()
    first.wait_for_load_state("networkidle")
    expect(first.locator("h1:visible")).to_have_text("你们都获得了这项服务")
    assert services(bank) == ["account_check", "account_check"]
    assert "13800000002" not in first.content()


def test_alone_is_one_tap_less(house: House, open_phone: OpenPhone) -> None:
    bank, live = bank_with("account_check_together")
    page = open_phone(home_of(house, live))

    page.click("[data-start]")
    page.click("text=我自己领取")
    prove(page, bank, "13800000001")

    expect(page.locator("h1:visible")).to_have_text("您获得了这项服务")
    assert services(bank) == ["account_check"]


def test_inside_wechat_there_is_no_invitation_and_the_service_is_the_same(
    house: House, open_phone: OpenPhone
) -> None:
    """WX-212, WX-GROUP: on the server, also for a call that names another browser."""
    bank, live = bank_with("account_check_together")
    outside = open_phone(home_of(house, live))
    outside.click("[data-start]")
    outside.click("text=和一位新客户一起")
    prove(outside, bank, "13800000001")
    link = shared_link(outside)

    alone = open_phone(link, user_agent=WECHAT)
    expect(alone.locator("[data-invited]")).to_contain_text("在浏览器打开")
    alone.click("[data-start]")
    expect(alone.locator("text=我自己领取")).to_be_visible()
    expect(alone.locator("text=和一位新客户一起")).to_be_hidden()
    forced = alone.evaluate(
        """async () => {
            const me = await (await fetch("me/", {headers: {Accept: "application/json"}})).json();
            const json = "application/json";
            const move = await fetch("move/", {method: "POST",
                headers: {"Content-Type": json, Accept: json, "X-CSRFToken": me.csrf},
                body: JSON.stringify({play: me.play, kind: "join", values: {}})});
            return (await move.json()).code;
        }"""
    )
    alone.click("text=我自己领取")
    prove(alone, bank, "13800000003")

    assert forced == "invitation_off"
    expect(alone.locator("h1:visible")).to_have_text("您获得了这项服务")
    assert services(bank) == ["account_check"]


def test_a_full_group_is_told_on_the_page_and_one_goes_on_alone(house: House, open_phone: OpenPhone) -> None:
    """What once locked a phone out for thirty days, also on the plain address."""
    bank, live = bank_with("account_check_together")
    with scope(bank):
        first, second = a_phone("first", "13800000001"), a_phone("second", "13800000002")
        first.move(live, first.start(live), "join")
        invitation = the_party().invitation
        page = open_phone(f"{home_of(house, live)}?p={invitation}")
        expect(page.locator("[data-invited]")).to_contain_text("您收到一份邀请")
        second.move(live, second.start(live, invitation), "join")

    page.click("[data-start]")
    expect(page.locator("[data-invited]")).to_contain_text("名额已满")
    page.click("[data-start]")
    page.click("text=我自己领取")
    prove(page, bank, "13800000003")

    expect(page.locator("h1:visible")).to_have_text("您获得了这项服务")
    page.goto(home_of(house, live))
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-invited]")).to_be_hidden()


def test_a_friend_in_wechat_never_sees_the_inviters_page(house: House, open_phone: OpenPhone) -> None:
    """WX-REFER: what it is, and how to go on in a browser that then knows the invitation."""
    bank, live = bank_with("existing_helps_new")
    with scope(bank):
        helper = a_phone("helper", CUSTOMERS[0])
        helper.move(live, helper.start(live), "join")
        link = f"{home_of(house, live)}?p={the_party().invitation}"

    friend = open_phone(link, user_agent=WECHAT)
    expect(friend.locator("[data-invited]")).to_contain_text(live.content.settings.invitation)
    expect(friend.locator("[data-invited]")).to_contain_text("在浏览器打开")
    expect(friend.locator("[data-start]")).to_be_hidden()
    friend.goto(f"{link}#play")
    friend.reload()
    friend.wait_for_load_state("networkidle")

    assert friend.url.startswith(link)
    expect(friend.locator("text=邀请一位新朋友学金融知识")).to_be_hidden()
    elsewhere = open_phone(friend.url)
    elsewhere.click("[data-start]")
    expect(elsewhere.locator("#play .kicker")).to_have_text("您收到一份邀请")


def test_a_group_that_runs_out_of_time_ends_kindly(house: House, open_phone: OpenPhone) -> None:
    bank, live = bank_with("account_check_together")
    page = open_phone(home_of(house, live))
    page.click("[data-start]")
    page.click("text=和一位新客户一起")
    prove(page, bank, "13800000001")
    expect(page.locator("text=复制邀请链接")).to_be_visible()

    house.now += timedelta(hours=49)
    with scope(bank):
        expire_parties(actor=SYSTEM, now=house.now)
    page.reload()
    page.wait_for_load_state("networkidle")

    expect(page.locator("h1:visible")).to_contain_text("本次双人预约已结束")
    page.click("[data-retry]")
    page.click("text=我自己领取")
    expect(page.locator("h1:visible")).to_have_text("您获得了这项服务")


def test_an_existing_customer_helps_a_new_one_from_another_phone(house: House, open_phone: OpenPhone) -> None:
    """F36, F37, F41."""
    bank, live = bank_with("existing_helps_new")
    helper = open_phone(home_of(house, live))
    helper.click("[data-start]")
    helper.click("text=我要邀请")
    prove(helper, bank, CUSTOMERS[0])
    link = shared_link(helper)

    newcomer = open_phone(link)
    newcomer.click("[data-start]")
    newcomer.click(".dock button:visible")
    prove(newcomer, bank, "13800000001")
    newcomer.wait_for_selector(".answer")
    before = services(bank)
    for _question, answer in right_answers(live):
        newcomer.locator(".answer").nth("ABCD".index(answer)).click()
        newcomer.wait_for_selector(".lesson:not([hidden])")
        newcomer.click("[data-slot=next]")

    expect(newcomer.locator("h1:visible")).to_have_text("已达标，双方各获得一份免费服务")
    assert before == []
    assert services(bank) == ["entry_consult", "portfolio_consult"]


def test_one_phone_cannot_fill_in_for_both(house: House, open_phone: OpenPhone) -> None:
    """F41: the helper forgets the session and tries the other side on the same phone."""
    bank, live = bank_with("existing_helps_new")
    page = open_phone(home_of(house, live))
    page.click("[data-start]")
    page.click("text=我要邀请")
    prove(page, bank, CUSTOMERS[0])
    link = shared_link(page)

    page.context.clear_cookies(name=re.compile(r"hequ-bank(\.coming)?$"))
    page.goto(link)
    page.wait_for_load_state("networkidle")
    page.click("[data-start]")
    page.click(".dock button:visible")
    prove(page, bank, "13800000001")

    expect(page.locator("[data-slot=note]:visible")).to_contain_text("客服热线")
    with scope(bank):
        assert Entry.objects.filter(verb="parties.same_device_refused").count() == 1
        assert not Grant.objects.exists()


@pytest.mark.parametrize("agent", ["", WECHAT], ids=["browser", "wechat"])
def test_thirty_days_of_check_in(house: House, open_phone: OpenPhone, agent: str) -> None:
    """F27, F29: a month by the clock; the fifteenth day earns, the points become one service."""
    bank, live = bank_with("daily_check_in")

    page = open_phone(home_of(house, live), **({"user_agent": agent} if agent else {}))
    cards: set[str] = set()
    won_on: list[int] = []

    for number in range(1, 31):
        with page.expect_response("**/me/"):
            page.goto(home_of(house, live))
        page.click("[data-start]")
        page.click("[data-slot=check]")
        page.wait_for_selector("[data-slot=card]:not([hidden])")
        cards.add(page.locator("[data-slot=card-title]").inner_text())
        if page.locator("[data-slot=won]").is_visible():
            won_on.append(number)
        expect(page.locator("[data-slot=check]")).to_be_disabled()
        house.now += timedelta(days=1)

    house.now -= timedelta(days=1)
    page.click("text=兑换一份服务")
    page.wait_for_selector("[data-slot=won]:not([hidden])")

    granted = services(bank)
    assert len(cards) == len(live.content.settings.cards)
    assert granted.count("planning_consult") == len(won_on) >= 1
    assert "credit_report_reading" in granted
    with scope(bank):
        kept = books()
        assert (kept.services, kept.holders) == (300, 0)
        assert kept.issuer + kept.holders + kept.services == 0
        assert points_of(Participant.objects.get().id) == []


def test_a_check_in_left_open_over_midnight_turns_to_the_new_day(house: House, open_phone: OpenPhone) -> None:
    """Issue 8, 24: it still said today, and the button of the new day was dead."""
    _bank, live = bank_with("daily_check_in")
    house.now = end_of_day(local_day(house.now)) - timedelta(seconds=3)
    page = open_phone(home_of(house, live))
    page.click("[data-start]")
    page.click("[data-slot=check]")
    page.wait_for_selector("[data-slot=card]:not([hidden])")
    yesterday = page.locator(".day.today").inner_text()

    house.now += timedelta(seconds=3)
    page.wait_for_timeout(3_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # looked at again

    expect(page.locator(".day.today")).not_to_have_text(yesterday)
    page.click("[data-slot=check]:not([disabled])")
    expect(page.locator(".day.signed")).to_have_count(2)
