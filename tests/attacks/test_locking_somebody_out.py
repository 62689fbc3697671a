"""Strangers who type wrong passwords keep no colleague from their own desk. Issue 9, 9."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache

from kernel.scope import scope
from tenancy.models import Staff
from tests.desk import Browser
from tests.tenancy.test_sign_in import PASSWORD, SECOND, code_of, colleague, type_password  # noqa: F401

OWN = "10.20.30.40"


@pytest.fixture
def known(colleague: Staff) -> Browser:  # noqa: F811
    """The colleague's own browser, signed out again, its network unknown to the attack."""
    browser = Browser(REMOTE_ADDR=OWN)
    type_password(browser)
    assert browser.post(SECOND, {"code": code_of(colleague)}).status_code == 302
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    cache.clear()
    return browser


def assault(times: int = 60) -> None:
    """Wrong passwords from a few dozen addresses, the colleague's own among them."""
    for turn in range(times):
        type_password(Browser(REMOTE_ADDR=f"203.0.113.{turn}"), password=f"guess {turn}")
    for turn in range(10):
        type_password(Browser(REMOTE_ADDR=OWN), password=f"guess {turn}")


def test_a_known_device_comes_in_while_the_account_is_under_attack(known: Browser) -> None:
    assault()
    assert type_password(Browser(REMOTE_ADDR="198.51.100.7")).status_code == 429, "a stranger waits"

    answer = type_password(known)

    assert answer.status_code == 302
    assert "second-factor" in answer["Location"]


def test_codes_typed_by_a_stranger_do_not_fill_the_limit_of_a_known_device(known: Browser) -> None:
    """Who stole the password guesses codes; the colleague still comes in."""
    thief = Browser(REMOTE_ADDR="203.0.113.9")
    type_password(thief)
    for turn in range(8):
        thief.post(SECOND, {"code": f"{turn:06}"})
    type_password(known)

    answer = known.post(SECOND, {"code": "not a code"})

    assert answer.status_code != 429, "asked again, not made to wait"


def test_the_cookie_opens_nothing_and_is_counted(known: Browser) -> None:
    """Copied to another machine it gives twenty guesses an hour, and no more."""
    answers = [type_password(known, password=f"guess {turn}").status_code for turn in range(8)]

    assert answers == [401] * 5 + [429] * 3
    assert known.get("/desk/").status_code == 302


@pytest.mark.parametrize("forged", ["", "x", "W10:1sZ:abc", "['a', 'b', 'c']"])
def test_a_made_up_cookie_is_a_strangers(known: Browser, forged: str) -> None:
    known.cookies[settings.DEVICE_COOKIE_NAME] = forged
    assault()

    assert type_password(known).status_code == 429


def test_a_device_known_to_one_colleague_is_a_stranger_to_another(known: Browser) -> None:
    answers = [
        type_password(known, username="somebody.else@bank", password=f"guess {turn}").status_code
        for turn in range(7)
    ]

    assert answers == [401] * 5 + [429] * 2


def test_a_new_password_forgets_every_device(known: Browser, colleague: Staff) -> None:  # noqa: F811
    with scope(colleague.institution_id):
        Staff.objects.filter(pk=colleague.pk).update(session_epoch=colleague.session_epoch + 1)
    assault()

    assert type_password(known).status_code == 429
