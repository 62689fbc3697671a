"""Whatever a phone sends, it gets a clear 4xx with a code, never a 500 (issue 2, security 28, 39, 67)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.player.conftest import Phone

PLAY = "01900000-0000-7000-8000-000000000000"
MOVE = {"play": PLAY, "kind": "answer", "values": {"question": "q1", "option": "A"}}
LONG = "题" * 500


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"play": 1, "kind": "answer"}',
        b'{"play": "x", "kind": "answer"}',
        msgspec.json.encode({**MOVE, "kind": ["answer"]}),
        msgspec.json.encode({**MOVE, "values": {"question": {"$ne": 1}}}),
        msgspec.json.encode({**MOVE, "values": {LONG: "A"}}),
        msgspec.json.encode({**MOVE, "admin": True}),
        msgspec.json.encode({**MOVE, "kind": LONG}),
        b'{"play": "' + b"[" * 5000 + b'"}',
        b"[" * 5000,
    ],
)
def test_a_move_that_cannot_be_read_is_malformed(phone: Phone, body: bytes) -> None:
    phone.start()

    refused = phone.post("move/", body)

    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "malformed"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"question": "q1"},
        {"question": None, "option": None},
        {"question": 1, "option": True},
        {"question": "😀", "option": "\u0000"},
        {"question": "q\x1b[31m", "option": "A" * 60},
        {"question": "' OR 1=1 --", "option": "A"},
    ],
)
def test_a_move_that_makes_no_sense_is_refused_by_the_game(phone: Phone, values: dict[str, Any]) -> None:
    told = phone.start()

    refused = phone.post("move/", {"play": told["play"], "kind": "answer", "values": values})

    assert refused.status_code == 409
    assert refused.json()["code"] in {"not_this_question", "no_such_option"}


@pytest.mark.parametrize("kind", ["", "win", "__class__", "😀"])
def test_an_unknown_kind_of_move_is_refused(phone: Phone, kind: str) -> None:
    told = phone.start()

    refused = phone.post("move/", {"play": told["play"], "kind": kind, "values": {}})

    assert (refused.status_code, refused.json()["code"]) == (409, "unknown_move")


def test_a_huge_body_is_too_large(phone: Phone) -> None:
    phone.start()

    refused = phone.post("move/", b'{"play": "' + b"x" * 300_000 + b'"}')

    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["seen/", "start/", "move/"])
def test_a_post_without_the_token_is_refused(phone: Phone, path: str) -> None:
    """Security 39."""
    refused = phone.client.post(
        phone.home + path, b"{}", content_type="application/json", headers={"Accept": "application/json"}
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize("key", ["k" * 65, "schlüssel", "tab\tkey"])
def test_a_strange_idempotency_key_is_refused(phone: Phone, key: str) -> None:
    told = phone.start()

    refused = phone.answer(told["play"], told["view"]["question"]["id"], "A", key=key)

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_idempotency_key")


def test_a_move_before_beginning_is_told_to_begin(phone: Phone) -> None:
    """Security 29: no step is skipped."""
    refused = phone.post("move/", MOVE)

    assert (refused.status_code, refused.json()["code"]) == (401, "not_begun")


def test_a_play_that_does_not_exist_is_not_found(phone: Phone) -> None:
    phone.start()

    assert phone.post("move/", MOVE).status_code == 404


@pytest.mark.parametrize("token", ["x", "key~forged", "~", LONG[:200], "a" * 256, "\u0000"])
def test_a_forged_channel_is_no_channel_and_no_fault(phone: Phone, token: str) -> None:
    """F15, F17."""
    begun = phone.post("start/", {"channel": token})

    assert begun.status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("path", ["", "me/", "start/", "move/", "mine/", "privacy/erase/"])
def test_unused_methods_are_refused(phone: Phone, method: str, path: str) -> None:
    """Security 42."""
    phone.me()
    send = getattr(phone.client, method)

    assert send(phone.home + path, headers={"X-CSRFToken": phone.csrf}).status_code == 405


@pytest.mark.parametrize("path", ["", "me/", "mine/", "play/", "privacy/"])
@pytest.mark.parametrize("home", ["/h/bank/nosuch/", "/h/nobody/nosuch/"])
def test_what_is_not_there_is_never_a_fault(phone: Phone, home: str, path: str) -> None:
    answered = phone.client.get(home + path)

    assert answered.status_code in (200, 404)


@pytest.mark.parametrize("path", ["book/not-a-uuid/", f"book/{PLAY}/", f"ticket/{PLAY}/", "%00/", "🙂/"])
def test_strange_addresses_are_not_found(phone: Phone, path: str) -> None:
    phone.start()

    assert phone.get(path).status_code == 404


def test_a_spoilt_cookie_is_a_stranger(phone: Phone) -> None:
    phone.start()
    phone.client.cookies["hequ-bank"] = "spoilt\u00e9"

    assert phone.me()["state"] == "new"
