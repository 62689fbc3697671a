"""Limits that know shared addresses: a hall of honest people gets in, a script does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from campaigns.live import LiveCampaign
from campaigns.player.limits import ARRIVALS, NEWCOMERS, Pace
from kernel.errors import TooMany, TooManyHere
from tenancy.throttle import Limit, count_attempt, forgive, sign_in_limits
from tenancy.visitor import network_of
from tests.player.conftest import Phone

HALL = "203.0.113.7"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def paces() -> tuple[Pace, Pace]:
    """The very limits of the platform, by a clock of the test's own."""
    return (
        Pace(burst=NEWCOMERS.burst, each_second=NEWCOMERS.each_second, shared=True),
        Pace(burst=ARRIVALS.burst, each_second=ARRIVALS.each_second, shared=True),
    )


@pytest.mark.parametrize("within", [10, 60, 600])
def test_a_thousand_honest_visitors_behind_one_address_all_begin(
    paces: tuple[Pace, Pace], within: int
) -> None:
    """Of a thousand, 336 were once refused. None is, however fast they come."""
    clock = Clock()

    for number in range(1_000):
        clock.now = number * within / 1_000
        for pace in paces:
            pace.step(HALL, clock)


def test_hall_after_hall_begins_when_people_play(paces: tuple[Pace, Pace]) -> None:
    clock, waiting = Clock(), 0
    for second in range(300):  # sixteen a second, each with a first answer twenty seconds later
        clock.now = float(second)
        for _visitor in range(16):
            for pace in paces:
                pace.step(HALL, clock)
        waiting += 16
        if second >= 20:
            waiting -= 16
            for _player in range(16):
                paces[0].give_back(HALL)

    assert waiting == 320


def test_a_script_that_only_makes_pseudonyms_ends_at_the_first_bound(paces: tuple[Pace, Pace]) -> None:
    assert _made_at_once(paces, plays=False) == NEWCOMERS.burst


def test_a_script_that_also_plays_ends_at_the_second(paces: tuple[Pace, Pace]) -> None:
    assert _made_at_once(paces, plays=True) == ARRIVALS.burst


def _made_at_once(paces: tuple[Pace, Pace], *, plays: bool) -> int:
    clock = Clock()
    for made in range(20_000):
        try:
            for pace in paces:
                pace.step(HALL, clock)
        except TooManyHere:
            return made
        if plays:
            paces[0].give_back(HALL)
    raise AssertionError("no bound at all")


def test_nothing_is_given_back_beyond_what_was_taken() -> None:
    pace, clock = Pace(burst=2, each_second=1, shared=True), Clock()
    for _time in range(10):
        pace.give_back(HALL)
    pace.step(HALL, clock)
    for _time in range(10):
        pace.give_back(HALL)

    pace.step(HALL, clock)
    pace.step(HALL, clock)

    with pytest.raises(TooManyHere):
        pace.step(HALL, clock)


def test_a_crowd_is_told_kindly_and_a_first_answer_lets_the_next_one_in(
    another_phone: Callable[[], Phone], live_quiz: LiveCampaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NEWCOMERS, "burst", 1)
    monkeypatch.setattr(NEWCOMERS, "each_second", 0.01)
    first, second = another_phone(), another_phone()
    told = first.start()

    waits = second.post("start/", {})
    asked = told["view"]["question"]["id"]
    first.answer(told["play"], asked, live_quiz.content.settings.question(asked).answer)
    begun = second.post("start/", {})

    assert (waits.status_code, waits.json()["code"]) == (429, "too_many_requests")
    assert waits.json()["title"].startswith("同一网络下操作的人较多")
    assert int(waits["Retry-After"]) > 0
    assert begun.status_code == 200


def test_a_first_answer_sent_again_lets_nobody_else_in(
    another_phone: Callable[[], Phone], live_quiz: LiveCampaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One player repeats the move that opened the play, as a script would to keep the gate open."""
    monkeypatch.setattr(NEWCOMERS, "burst", 2)
    monkeypatch.setattr(NEWCOMERS, "each_second", 0.001)
    player = another_phone()
    told = player.start()
    asked = told["view"]["question"]["id"]
    right = live_quiz.content.settings.question(asked).answer

    statuses = []
    for _time in range(4):
        answered = player.answer(told["play"], asked, right, key="one-key").status_code
        statuses.append((answered, another_phone().post("start/", {}).status_code))

    assert statuses == [(200, 200), (200, 200), (200, 429), (200, 429)]


def test_a_wait_without_scripts_is_a_page_that_blames_nobody(
    another_phone: Callable[[], Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NEWCOMERS, "burst", 1)
    monkeypatch.setattr(NEWCOMERS, "each_second", 0.01)
    another_phone().start()

    page = another_phone().form("play/", kind="start")

    assert page.status_code == 429
    assert "请稍等片刻" in page.text
    assert "过于频繁" not in page.text
    assert 0 < int(page["Retry-After"]) <= 100
    assert re.search(r'href="/h/[^"]+/">再试一次</a>', page.text), "the way on, for when the wait is over"


def test_codes_that_nobody_uses_are_bounded() -> None:
    shared = Limit("test-codes", HALL, 3, 60, shared=True)
    for _time in range(3):
        count_attempt([shared])

    with pytest.raises(TooManyHere):
        count_attempt([shared])


def test_a_head_office_signs_in_behind_one_address() -> None:
    """Fifty a quarter of an hour are mistakes, not colleagues."""
    for number in range(120):
        attempt = sign_in_limits(f"colleague-{number}@bank", HALL)
        count_attempt(attempt)
        forgive(attempt)

    for number in range(50):
        count_attempt(sign_in_limits(f"guess-{number}@bank", HALL))
    with pytest.raises(TooManyHere):
        count_attempt(sign_in_limits("guess-51@bank", HALL))


def test_giving_back_never_opens_an_account_that_is_being_guessed() -> None:
    for _time in range(5):
        count_attempt(sign_in_limits("victim@bank", HALL))
    forgive(sign_in_limits("other@bank", HALL))

    with pytest.raises(TooMany) as told:
        count_attempt(sign_in_limits("victim@bank", HALL))
    assert not isinstance(told.value, TooManyHere)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unix:", "unix:"),
    ],
)
def test_a_subscriber_is_one_network_however_many_addresses_they_have(address: str, network: str) -> None:
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (1, "1 秒", "1 second"),
        (90, "90 秒", "90 seconds"),
        (91, "2 分钟", "2 minutes"),
        (3600, "60 分钟", "60 minutes"),
        (86_400, "24 小时", "24 hours"),
    ],
)
def test_a_wait_is_told_in_a_unit_that_people_use(seconds: int, zh: str, en: str) -> None:
    told: Any = TooMany(seconds=seconds)

    assert told.message("zh-hans") == f"操作过于频繁，请在 {zh}后再试。"
    assert told.message("en") == f"Too many requests. Please try again in {en}."
