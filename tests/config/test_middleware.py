"""Every answer is protected; a phone does not pay for the back office's session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any  # pytest-django names no type of its settings

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from config.middleware import PhonesOnlyMiddleware

EVERYWHERE = ["/healthz", "/desk/sign-in/", "/no-such-page", "/static/desk/tokens.css", "/desk/records/"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_protective_headers(db: None, client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_no_page_of_ours_allows_inline_code(db: None, client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]

    assert "unsafe" not in policy


def test_the_street_has_no_session(db: None, client: Client) -> None:
    request = client.get("/healthz").wsgi_request

    assert not hasattr(request, "session")
    assert request.user.is_anonymous


def test_the_desk_has_a_session(db: None, client: Client) -> None:
    assert hasattr(client.get("/desk/sign-in/").wsgi_request, "session")


def test_health_says_which_part_is_down(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> None:
        raise ConnectionError

    monkeypatch.setattr("config.health.cache.get", refuse)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": True, "cache": False}


@pytest.fixture
def phones_only(settings: Any) -> Callable[[HttpRequest], HttpResponseBase]:
    settings.SERVES_PHONES_ONLY = True
    settings.PUBLIC_URL, settings.BACK_OFFICE_URL = "https://h5.example.cn", "https://desk.example.cn"
    return PhonesOnlyMiddleware(lambda _request: HttpResponse("served"))


def test_a_process_for_phones_does_none_of_the_back_offices_work(
    phones_only: Callable[[HttpRequest], HttpResponseBase], rf: RequestFactory
) -> None:
    led, refused = (
        phones_only(rf.get("/desk/scan/try/?a=1")),
        phones_only(rf.post("/desk/scan/try/", {"text": "x"})),
    )

    assert (led.status_code, led["Location"]) == (302, "https://desk.example.cn/desk/scan/try/?a=1")
    assert refused.status_code == 421
    assert phones_only(rf.get("/h/somewhere/")).content == b"served"  # type: ignore[attr-defined]


def test_where_both_have_one_address_the_gateway_alone_leads(
    phones_only: Callable[[HttpRequest], HttpResponseBase], rf: RequestFactory, settings: Any
) -> None:
    settings.BACK_OFFICE_URL = settings.PUBLIC_URL

    assert phones_only(rf.get("/desk/")).status_code == 421


def test_a_process_for_everything_does_not_carry_the_refusal(settings: Any) -> None:
    settings.SERVES_PHONES_ONLY = False

    with pytest.raises(MiddlewareNotUsed):
        PhonesOnlyMiddleware(lambda _request: HttpResponse())
