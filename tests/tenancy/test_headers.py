"""What every answer carries: protective headers, closed cookies, nothing inline, and no deed by reading."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from kernel.scope import scope
from ledger.models import Entry
from tenancy.roles import Role
from tenancy.visitor import address_of
from tests.cast import make_staff
from tests.config.test_settings import COMPLETE
from tests.desk import Browser, signed_in
from tests.services import ROOT
from tests.walk import Address, staff_addresses

PAGES = ["/desk/sign-in/", "/desk/", "/desk/staff/", "/desk/nowhere/", "/healthz", "/static/desk/desk.js"]
PLAIN = [each for each in staff_addresses() if not each.parts]


@pytest.fixture
def everyone(at_bank):
    """A colleague who may open every page."""
    return make_staff("quan.neng", *Role).actor


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_protected(everyone, path):
    headers = signed_in(everyone).get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize("address", PLAIN, ids=lambda address: address.route)
def test_no_page_of_ours_needs_inline_script_or_style(everyone, address: Address):
    """The policy forbids it, and no page tries."""
    answer = signed_in(everyone).get(address.path())
    if "text/html" not in answer.headers.get("Content-Type", ""):
        return
    page = answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    assert "<script>" not in page
    assert "//cdn" not in page


@pytest.mark.parametrize("address", PLAIN, ids=lambda address: address.route)
def test_what_opens_is_called_by_the_words_it_shows(everyone, address: Address):
    """A label that hides the words on the screen: who speaks to their computer cannot say it (WCAG 2.5.3)."""
    page = signed_in(everyone).get(address.path()).content.decode(errors="replace")

    assert not re.findall(r"<summary[^>]*aria-label", page)


@pytest.mark.parametrize("address", PLAIN, ids=lambda address: address.route)
def test_a_page_with_a_session_is_never_cached(everyone, address: Address):
    answer = signed_in(everyone).get(address.path())

    assert answer.status_code in {200, 302, 403, 405}
    assert answer.status_code == 405 or "no-store" in answer.headers["Cache-Control"]


def test_nothing_changes_by_reading(bank, everyone):
    browser = signed_in(everyone)
    with scope(bank.id):
        before = Entry.objects.count()

    for address in PLAIN:
        browser.get(address.path())

    with scope(bank.id):
        assert Entry.objects.count() == before


def test_the_session_cookie_is_closed_to_scripts_and_other_sites():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_production_seals_its_cookies_and_asks_for_https():
    named = (
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "PROXY_HOPS",
        "DEBUG",
    )
    script = f"from django.conf import settings as s; print(*[getattr(s, name) for name in {named}])"
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **COMPLETE},
    )

    assert told.stdout.split() == [
        "__Host-hequ_desk",
        "__Host-hequ_csrf",
        "True",
        "True",
        "31536000",
        "1",
        "False",
    ], told.stderr[-800:]


def test_a_refusal_is_a_page_for_people_and_a_problem_for_machines(everyone):
    browser = signed_in(everyone)

    page = browser.get("/desk/nowhere/")
    machine = browser.get("/desk/nowhere/", headers={"accept": "application/json"})

    assert page.status_code == machine.status_code == 404
    assert "没有找到" in page.content.decode()
    assert machine.headers["Content-Type"] == "application/problem+json"
    assert machine.json()["code"] == "not_found"
    assert machine.json()["request_id"] == machine.headers["X-Request-Id"]


def test_a_fault_of_ours_says_nothing_but_its_number(everyone, monkeypatch):
    def broken(**_asked):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("tenancy.views.cards_for", broken)
    browser = signed_in(everyone)
    browser.raise_request_exception = False

    answer = browser.get("/desk/")

    assert answer.status_code == 500
    assert "hunter2" not in answer.content.decode()
    assert answer.headers["X-Request-Id"] in answer.content.decode()


@pytest.mark.parametrize(("hops", "seen"), [(0, "10.1.1.1"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_an_address_is_believed_only_from_our_own_proxies(settings, rf, hops, seen):
    settings.PROXY_HOPS = hops
    request = rf.get(
        "/", REMOTE_ADDR="10.1.1.1", headers={"x-forwarded-for": "6.6.6.6, 198.51.100.1, 203.0.113.7"}
    )

    assert address_of(request) == seen


def test_a_stranger_can_ask_for_the_colours(db):
    assert Browser().get("/desk/brand/hequ.css").status_code == 200


def test_a_method_that_is_not_known_here_is_told_kindly(everyone):
    answer = signed_in(everyone).get("/desk/sign-out/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "不支持这种访问方式" in answer.content.decode()


def test_the_language_changes_by_one_tap_and_leads_nowhere_else(everyone):
    browser = signed_in(everyone)

    back = browser.post("/language/setlang/", {"language": "en", "next": "/desk/staff/"})
    page = browser.get("/desk/staff/").content.decode()
    away = browser.post("/language/setlang/", {"language": "en", "next": "https://evil.example/"})

    assert back["Location"] == "/desk/staff/"
    assert "<h1>Staff</h1>" in page
    assert "evil" not in away["Location"]
