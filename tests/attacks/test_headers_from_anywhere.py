"""Whatever stands in a header, no address answers with a failure: `Referer: http://[::1` once did."""

from __future__ import annotations

import ast

import pytest
from django.test import Client

from kernel.typed import typed_address, typed_length
from tenancy.roles import Role
from tests.cast import make_staff
from tests.desk import signed_in
from tests.walk import addresses, only_excused, python_files, short, tree

pytestmark = pytest.mark.django_db

BROKEN = "http://[::1"
ADDRESSES = (
    BROKEN,
    "//[",
    "http://[x]/",
    "http://a:b:c/",
    "http://a:99999999/",
    "\x00",
    "http://\u2100/",
    "/" * 9000,
)
HEADERS = (
    "referer",
    "origin",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "accept-language",
    "accept",
)

PATHS = (
    "/desk/reviews/take/", "/desk/", "/language/setlang/", "/desk/sign-in/", "/h/bank/x/play/", "/nowhere/",
)  # fmt: skip


@pytest.fixture
def everybody(at_bank):
    return signed_in(make_staff("quan.neng", *Role, display_name="全能").actor)


def test_a_broken_referrer_breaks_no_address(everybody):
    """Every address, read and written, signed in and not, with the same broken address in every header."""
    headers = dict.fromkeys(HEADERS, BROKEN)

    failing = {
        f"{method} {address.route}": answer.status_code
        for address in addresses()
        for browser in (everybody, Client())
        for method in ("get", "post")
        if (answer := getattr(browser, method)(address.path(), headers=headers)).status_code >= 500
        and address.route != "healthz/ledger"
    }

    assert failing == {}


@pytest.mark.parametrize("odd", ADDRESSES, ids=[repr(each)[:16] for each in ADDRESSES])
def test_odd_addresses_break_nothing(everybody, odd: str):
    headers = dict.fromkeys(HEADERS, odd)
    for path in PATHS:
        for browser in (everybody, Client(), Client(enforce_csrf_checks=True)):
            answers = [
                browser.get(path, {"next": odd}, headers=headers),
                browser.post(path, {"next": odd, "back": odd, "language": odd}, headers=headers),
                browser.get(path, headers={"host": odd.replace("\x00", "")}),
            ]
            assert all(answer.status_code < 500 for answer in answers), path


@pytest.mark.parametrize("length", ["abc", "-1", "9" * 5000, "１２", ""])
def test_a_promised_length_is_a_number_or_nothing(length: str):
    assert typed_length(length) == 0
    assert typed_address(BROKEN).netloc == ""


def test_addresses_from_outside_are_read_in_one_place():
    """`urlsplit` raises for what is no address; `typed_address` does not."""
    readers = {
        short(path): node.lineno
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "urllib.parse"
        and {each.name for each in node.names} & {"urlsplit", "urlparse"}
    }

    only_excused(readers, {"kernel/typed.py": "the one place"})
