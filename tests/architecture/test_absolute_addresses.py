"""An address in full is made in one place, of the configured site: a request's host is what somebody sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.services import ROOT
from tests.walk import APPS, python_files, short

FROM_THE_REQUEST = re.compile(
    r"build_absolute_uri|get_host\(|get_port\(|get_current_site|HTTP_HOST|SERVER_NAME|X_FORWARDED_HOST"
    r"|headers\[\W*[Hh]ost|headers\.get\(\W*[Hh]ost|request\.scheme|request\.host"
)
IN_THE_BROWSER = re.compile(r"location\.(origin|host|hostname)\b")
ADDRESSES = "kernel/addresses.py"
# Who asks for the host without making an address of it, and why.
COMPARING = {
    "kernel/problem.py": "whether a form came from our own page; what it keeps is the path alone",
    "config/host_names.py": "whether a name of ours answers this address; it answers 404, never an address",
}


def _scripts_and_pages() -> list[Path]:
    roots = [ROOT / "templates", *(ROOT / app for app in APPS)]
    return sorted(path for root in roots for kind in ("*.js", "*.html") for path in root.rglob(kind))


def test_no_address_is_made_of_the_host_of_a_request() -> None:
    found = [
        short(path) for path in python_files(*APPS, "config") if FROM_THE_REQUEST.search(path.read_text())
    ]

    assert found == sorted(COMPARING)


def test_no_page_makes_an_address_of_the_host_it_was_opened_at() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in _scripts_and_pages()
        if IN_THE_BROWSER.search(text := path.read_text()) or FROM_THE_REQUEST.search(text)
    }

    assert found == set()


def test_the_configured_sites_are_read_in_one_place() -> None:
    reading = {
        short(path)
        for path in python_files(*APPS)
        if re.search(r"settings\.(PUBLIC_URL|BACK_OFFICE_URL)", path.read_text())
    }

    assert reading == {ADDRESSES}


@pytest.mark.parametrize("setting", ["USE_X_FORWARDED_HOST", "USE_X_FORWARDED_PORT"])
def test_no_proxy_is_believed_about_our_name(setting: str) -> None:
    assert getattr(settings, setting) is False
