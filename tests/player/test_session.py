"""The phone's cookie: a pseudonym for one institution, signed, and worth nothing anywhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from campaigns.player.session import KEPT, cookie_name, forget, participant_in, remember
from kernel.ids import new_id
from tests.cast import NOON

BANK, CUSTOMER = new_id(), new_id()


def test_the_phone_is_known_again() -> None:
    cookie = handed_out()

    assert told(cookie) == CUSTOMER


def test_a_cookie_of_another_institution_names_nobody() -> None:
    cookie = handed_out()

    assert told(cookie, institution_id=new_id()) is None


def test_a_cookie_wears_off() -> None:
    cookie = handed_out()

    assert told(cookie, later=KEPT + timedelta(seconds=1)) is None


@pytest.mark.parametrize("at", [0, 40, 80, -2])
def test_a_changed_cookie_names_nobody(at: int) -> None:
    cookie = list(handed_out())
    cookie[at] = "f" if cookie[at] != "f" else "e"

    assert told("".join(cookie)) is None


@pytest.mark.parametrize("cookie", ["", "…", ":", "a.b.c:d", "0" * 5000])
def test_nonsense_names_nobody(cookie: str) -> None:
    assert told(cookie) is None


def test_over_https_the_browser_holds_the_cookie_to_this_host(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True

    response = HttpResponse()
    remember(response, institution_id=BANK, slug="bank", participant_id=CUSTOMER, now=NOON)

    morsel = response.cookies["__Host-hequ-bank"]
    assert morsel["secure"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert morsel["path"] == "/"
    assert not morsel["domain"]


def test_forgetting_takes_the_cookie_back() -> None:
    response = HttpResponse()

    forget(response, slug="bank")

    assert response.cookies[cookie_name("bank")]["max-age"] == 0


def handed_out() -> str:
    response = HttpResponse()
    remember(response, institution_id=BANK, slug="bank", participant_id=CUSTOMER, now=NOON)
    return response.cookies[cookie_name("bank")].value


def told(cookie: str, institution_id: UUID = BANK, later: timedelta = timedelta(0)) -> UUID | None:
    request = RequestFactory().get("/")
    request.COOKIES[cookie_name("bank")] = cookie
    return participant_in(request, institution_id=institution_id, slug="bank", now=NOON + later)
