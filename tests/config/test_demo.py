"""The demo starts from nothing, says where it is, keeps its data, and opens its extra doors nowhere else."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import psycopg2
import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from config.demo import views
from config.embedded.services import forget
from tenancy import totp
from tests.running_demo import running_demo


def test_outside_the_demo_there_is_no_one_tap_sign_in(db: None, client: Client) -> None:
    answer = client.post("/demo/sign-in", {"username": "admin@hequ-bank"})

    assert answer.status_code == 404


def test_the_one_tap_view_itself_refuses_outside_the_demo(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        views.sign_in(rf.post("/demo/sign-in", {"username": "admin@hequ-bank"}))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "demo"
    forget(tmp_path / "demo")


@pytest.mark.slow
def test_the_demo_starts_from_nothing_and_keeps_its_data(folder: Path) -> None:
    with running_demo(folder) as links:
        assert set(links) >= {"h5", "back_office", "personas", "database", "redis"}
        assert {link["url"].split("/")[4] for link in links["h5"]} == {"hequ-bank", "anxin-insurance"}
        assert {who["institution"] for who in links["personas"]} == {"和趣示范银行", "安心示范保险"}
        officers = [who["institution"] for who in links["personas"] if who["role"] == "合规岗"]
        assert len(officers) == 2 * len(set(officers)) == 4  # one can stand in for the other
        for who in links["personas"]:
            assert set(who) == {"name", "role", "institution", "username", "password", "totp_secret"}
            assert len(base64.b32decode(who["totp_secret"] + "=" * (-len(who["totp_secret"]) % 8))) == 20
        assert _status(links["h5"][0]["url"]) == 200
        assert _role_of(links["database"]["runtime"]) == "hequ_app"
        assert _role_of(links["database"]["owner"]) == "hequ_owner"
        first = links["personas"][0]
        assert _signs_in(links["back_office"], first)

    assert not (folder / "links.json").exists()
    with running_demo(folder) as again:
        assert again["personas"] == links["personas"]
        assert [link["name"] for link in again["h5"]] == [link["name"] for link in links["h5"]]


def _status(url: str) -> int:
    with build_opener(ProxyHandler({})).open(url, timeout=20) as answer:
        return int(answer.status)


def _role_of(address: str) -> str:
    connection = psycopg2.connect(address)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return str(cursor.fetchone()[0])
    finally:
        connection.close()


def _signs_in(back_office: str, who: dict[str, str]) -> bool:
    """Password and authenticator, as a person would type them."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    page = opener.open(back_office, timeout=20)
    page = _send(opener, page, {"username": who["username"], "password": who["password"]})
    secret = base64.b32decode(who["totp_secret"])
    code = totp.code_at(secret, totp.step_of(datetime.now(tz=UTC)))
    page = _send(opener, page, {"code": code})
    return bool(page.geturl().rstrip("/").endswith("/desk") and who["name"] in page.read().decode())


def _send(opener: Any, page: Any, typed: dict[str, str]) -> Any:
    """Fill in and submit the form of this page that asks for what is typed."""
    forms = re.findall(r"<form.*?</form>", page.read().decode(), flags=re.DOTALL)
    (form,) = [form for form in forms if all(f'name="{name}"' in form for name in typed)]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    body = urlencode({**dict(hidden), **typed}).encode()
    return opener.open(page.geturl(), body, timeout=20)
