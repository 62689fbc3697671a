"""Every state of every game on the phone: one heading, one main part, no green stamp unearned,
nothing that jumps, one personal call.

The states are found by walking each game by its own moves and samples, so a new game is looked at too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from time import sleep
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from campaigns.catalogue import AnyGame, games
from campaigns.gallery import presets
from campaigns.games.base import ALONE, Luck, Member, Refused
from campaigns.live import LiveCampaign
from tests.campaigns.party_people import bank_with
from tests.cast import NOON
from tests.journeys.conftest import OpenPhone
from tests.journeys.own_server import House
from tests.journeys.people import play_to_the_end

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STILL = 0.02  # of Chromium's layout shift; 0.1 is what it calls good, 0.11 was measured before
LONGEST_WALK = 60
WALKS = 16
NETWORK = 0.3  # seconds until a personal call is answered: long enough for a first paint to show what moves

_WATCH = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
_SEEN = """() => ({
  headings: [...document.querySelectorAll("h1")].filter((e) => e.checkVisibility()).length,
  mains: document.querySelectorAll("main").length,
  shifted: window.shifted,
  praised: [...document.querySelectorAll(".seal.good, .ring.good, .stamp")].some((e) => e.checkVisibility()),
})"""


def states_of(game: AnyGame, settings: Any) -> Iterator[dict[str, Any]]:
    """The views of every seat on walks that choose by lot, then after the time is over."""
    players = [Member(seat.key) for seat in game.seats] or [ALONE]
    for walk in range(WALKS):
        luck, now, lot = Luck("states"), NOON, Random(walk)
        state = game.open(settings, now, luck)
        for _turn in range(LONGEST_WALK):
            yield from (game.view(settings, state, now, player) for player in players)
            moves = game.moves(settings, state)
            if not moves:
                break
            try:
                state = game.move(settings, state, lot.choice(moves), now, luck).state
            except Refused:
                now += timedelta(days=1)
        late = now + (game.open_for(settings) or timedelta(days=1)) + timedelta(seconds=1)
        yield from (game.view(settings, state, late, player) for player in players)


def kind_of(view: dict[str, Any]) -> str:
    """What tells one screen from another."""
    result = view.get("result") or {}
    told = {name: view.get(name) for name in ("stage", "seat", "seated", "finished", "passed", "checked")}
    asks = {
        "asks": bool(view.get("question")),
        "passed": result.get("passed"),
        "reached": result.get("reached"),
    }
    return json.dumps({**told, **asks}, sort_keys=True)


def every_screen(live: LiveCampaign) -> dict[str, dict[str, Any]]:
    game = live.content.game
    found: dict[str, dict[str, Any]] = {}
    for settings in (
        live.content.settings,
        *(msgspec.convert(one.settings, game.settings) for one in game.samples),
    ):
        for view in states_of(game, settings):
            found.setdefault(kind_of(view), view)
    return found


def preset_of(game: str) -> str:
    for_banks = {name: one.content["game"] for name, one in presets().items() if "bank" in one.sectors}
    return next(name for name, played in for_banks.items() if played == game)


@pytest.mark.parametrize("key", sorted(games()))
def test_every_state_has_one_heading_and_stands_still(house: House, open_phone: OpenPhone, key: str) -> None:
    _bank, live = bank_with(preset_of(key))
    page = open_phone("about:blank")
    page.add_init_script(f"({_WATCH})()")
    screens, wrong, shifts = every_screen(live), [], []

    for kind, view in screens.items():
        passed = bool(view.get("passed") or (view.get("result") or {}).get("passed"))
        seen, calls = _looked_at(page, f"{house.address}/h/bank/{live.code}/", view)
        shifts.append(seen["shifted"])
        if (
            (seen["headings"], seen["mains"], calls) != (1, 1, 1)
            or seen["shifted"] > STILL
            or (seen["praised"] and not passed)
        ):
            wrong.append((kind, seen, calls))

    print(f"{key}: {len(screens)} screens, layout shift {max(shifts):.4f} at most")
    assert len(screens) >= 2
    assert not wrong


def test_a_referral_round_that_was_not_passed_shows_what_there_is_to_learn(
    house: House, open_phone: OpenPhone
) -> None:
    """It said how many were right and nothing of what; the quiz always showed it."""
    _bank, live = bank_with(preset_of("referral_assist"))
    answered = [view for view in every_screen(live).values() if view.get("explained")]
    view = next(view for view in answered if not view["question"] and not view["passed"])
    page = open_phone("about:blank")

    _looked_at(page, f"{house.address}/h/bank/{live.code}/", view)

    expect(page.locator(".known li:visible")).to_have_count(len(view["explained"]))


def _looked_at(page: Page, home: str, view: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The page as this phone finds it on coming back, and how often it asked where it stands."""
    over = bool(view["finished"])
    earned = {"name": "账户诊断", "text": "由持证人员讲解，不推介产品。", "action": "预约服务", "link": "/"}
    passed = view.get("passed") or (view.get("result") or {}).get("passed")
    me = {
        "csrf": "none", "state": "finished" if over else "playing", "play": None, "view": view,
        "attempts_left": 1, "earned": [earned] if over and passed else [], "proven": True, "invites": True,
        "invited": None,
    }  # fmt: skip
    calls: list[str] = []

    def answer(route: Any) -> None:
        calls.append(route.request.url)
        sleep(NETWORK)
        route.fulfill(json=me)

    page.unroute_all()
    page.route("**/me/", answer)
    page.goto("about:blank")
    page.goto(f"{home}#{'result' if over else 'play'}")
    page.wait_for_selector("#play:not([hidden]) h1, #result:not([hidden]) h1, #play:not([hidden]) h2")
    page.wait_for_load_state("networkidle")
    seen: dict[str, Any] = page.evaluate(_SEEN)
    return seen, len(calls)


@pytest.mark.parametrize("right", [True, False])
def test_the_result_comes_whole_with_one_call(house: House, open_phone: OpenPhone, right: bool) -> None:
    """What was earned stands there with the ring; nothing is asked twice, nothing moves afterwards."""
    _bank, live = bank_with(preset_of("quiz"))
    page = open_phone("about:blank")
    page.add_init_script(f"({_WATCH})()")
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url) if request.url.endswith("/me/") else None)
    house.late["/me/"] = NETWORK
    page.goto(f"{house.address}/h/bank/{live.code}/")
    page.wait_for_load_state("networkidle")

    play_to_the_end(page, right=right)
    expect(page.locator("[data-earned]" if right else "[data-again]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    played, shifted = len(calls), page.evaluate("window.shifted")
    print(f"layout shift of the result: {shifted:.4f}, {played} personal calls")
    page.reload()
    page.wait_for_selector(".ring")
    page.wait_for_load_state("networkidle")

    assert played == 2  # on arrival, and with the last answer
    assert len(calls) == 3
    assert shifted <= STILL
    assert page.evaluate("window.shifted") <= STILL
