"""Every answer is protected; a phone does not pay for the back office's session."""

from __future__ import annotations

import pytest
from django.test import Client

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
