"""Every address asks who comes in: a permission, a participant, or a written reason why anyone may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenancy.roles import MATRIX, Permission
from tests.cast import make_staff
from tests.desk import Browser, signed_in
from tests.walk import Address, addresses, only_excused, staff_addresses

# Views that are not ours and therefore wear no door.
UNGUARDED = {
    "language/setlang/": "Django's own: a language cookie, by POST with a token, leading to this host only",
}
STAFF = [pytest.param(each, id=each.route) for each in staff_addresses()]
MOVING = [pytest.param(each, id=each.route) for each in addresses()]


def test_every_address_declares_its_door():
    bare = {each.route: each.view.__module__ for each in addresses() if each.door is None}

    only_excused(bare, UNGUARDED)


def test_a_public_door_says_why():
    silent = [
        each.route
        for each in addresses()
        if each.door and each.door.kind == "public" and not each.door.reason
    ]

    assert not silent


def test_every_back_office_address_asks_for_a_permission():
    open_ones = [
        each.route
        for each in addresses()
        if each.route.startswith("desk/")
        and each.door is not None
        and each.door.kind == "staff"
        and not isinstance(each.door.permission, Permission)
    ]

    assert not open_ones


def test_every_permission_is_somebodys():
    """A permission nobody holds is a door nobody can open."""
    held = set().union(*MATRIX.values())

    assert set(Permission) == held


def asked_both_ways(browser: Client, address: Address, **headers: str) -> list[Any]:
    """The answers to reading and to writing, without those the view does not know (405)."""
    path = address.path()
    answers = [browser.get(path, headers=headers), browser.post(path, headers=headers)]
    return [answer for answer in answers if answer.status_code != 405]


@pytest.mark.parametrize("address", STAFF)
def test_a_stranger_is_sent_to_sign_in(db, address: Address):
    page = asked_both_ways(Client(), address)
    machine = asked_both_ways(Client(), address, accept="application/json")

    assert page
    assert all(answer["Location"].startswith("/desk/sign-in/") for answer in page)
    assert {answer.status_code for answer in machine} == {401}


@pytest.mark.parametrize("address", STAFF)
def test_a_password_alone_is_sent_to_the_second_factor(marketer, address: Address):
    answers = asked_both_ways(signed_in(marketer, verified=False), address)

    assert answers
    assert all(answer["Location"].startswith("/desk/sign-in/second-factor/") for answer in answers)


@pytest.mark.parametrize("address", STAFF)
def test_a_role_without_the_permission_is_refused(at_bank, address: Address):
    permission = address.door.permission
    role = next((role for role in MATRIX if permission not in MATRIX[role]), None)
    if role is None:
        return  # every role holds it
    browser = signed_in(make_staff("without", role.value).actor)

    answers = asked_both_ways(browser, address)

    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("address", MOVING)
def test_nothing_moves_without_a_token(marketer, address: Address):
    """CSRF on every state change: a POST without the token is refused before the view runs."""
    if getattr(address.view, "csrf_exempt", False):
        assert address.door is not None
        assert address.door.reason, "an exempt door says how else it knows its caller"
        return
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies.update(signed_in(marketer).cookies)

    answer = browser.post(address.path())

    assert answer.status_code in {403, 405}
