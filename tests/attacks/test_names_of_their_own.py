"""Where the proxy is set wrongly, the platform itself keeps phones and back office apart. Issue 9, 11."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.host_names import BACK_OFFICE, CONSOLE, FROM_INSIDE, PHONES, HostNamesMiddleware
from tests.walk import addresses

EVERYWHERE = ("/static/", "/language/", "/certificates/")
H5, DESK, OPERATORS = "h5.example.cn", "desk.example.cn", "console.example.cn"


@pytest.fixture(autouse=True)
def _three_names(settings: Any) -> None:
    settings.PUBLIC_URL, settings.BACK_OFFICE_URL = f"https://{H5}", f"https://{DESK}"
    settings.CONSOLE_URL = f"https://{OPERATORS}"


def test_every_address_belongs_to_a_name() -> None:
    known = (*PHONES, *BACK_OFFICE, *CONSOLE, *EVERYWHERE, *FROM_INSIDE)

    assert [each.route for each in addresses() if not f"/{each.route}/".startswith(known)] == []


def test_every_address_of_the_others_is_not_there(db: None) -> None:
    """The whole URLconf, by each name, read and written."""
    browser = Client()
    opened = {
        (name, address.route)
        for name, others in ((H5, BACK_OFFICE), (DESK, PHONES), (OPERATORS, (*PHONES, *BACK_OFFICE)))
        for address in addresses()
        if address.path().startswith(others)
        for method in ("get", "post")
        if getattr(browser, method)(address.path(), headers={"host": name}).status_code != 404
    }

    assert opened == set()


@pytest.mark.parametrize("name", [H5, H5.upper(), f"{H5}:443", f"{H5}:8000"])
@pytest.mark.parametrize("path", ["/desk", "/desk/", "/desk/sign-in/", "/console/", "/demo/"])
def test_however_the_phones_name_is_written(rf: RequestFactory, name: str, path: str) -> None:
    served = HostNamesMiddleware(lambda _request: HttpResponse("served"))

    assert served(rf.get(path, headers={"host": name})).status_code == 404
    assert served(rf.get("/h/bank/x/", headers={"host": name})).status_code == 200


def test_a_name_that_is_no_bodys_answers_health_only(rf: RequestFactory) -> None:
    served = HostNamesMiddleware(lambda _request: HttpResponse("served"))

    assert served(rf.get("/healthz", headers={"host": "web:8000"})).status_code == 200
    for path in ("/h/bank/x/", "/desk/", "/static/a.css", "/"):
        assert served(rf.get(path, headers={"host": "web:8000"})).status_code == 404


def test_with_one_name_there_is_nothing_to_hold_apart(settings: Any) -> None:
    settings.BACK_OFFICE_URL = settings.PUBLIC_URL

    with pytest.raises(MiddlewareNotUsed):
        HostNamesMiddleware(lambda _request: HttpResponse())


@pytest.mark.parametrize("path", ["/healthz", "/healthz/ledger"])
@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_health_does_not_answer_through_a_proxy(db: None, client: Client, path: str, header: str) -> None:
    assert client.get(path, headers={"host": H5, header: "203.0.113.5"}).status_code == 404
    assert client.get(path, headers={"host": H5}).status_code in {200, 503}
