"""A list answers only what its page asks: no column that is not shown, no lookup of the visitor's choosing.

An auditor once read a colleague's password hash sign by sign with `?password__regex=`. Here every list is
asked for every column of its app, and every address for every odd value of every name it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from config.demo.seed import plant
from tenancy.models import Branch, Institution, Staff
from tenancy.records import NotShown, RecordList, Records, records
from tenancy.roles import Permission
from tests.cast import make_staff
from tests.desk import Browser, signed_in
from tests.planted import everything, first_open
from tests.walk import APPS, addresses

STAFF = "/desk/records/tenancy/staff/"
LOOKUPS = ("", "__regex", "__startswith", "__in", "__gt")
MOST_ASKED = 150  # columns in one request
NEVER_TRUE = "^nothing-begins-like-this"
ODD = (
    "9" * 22, "9" * 5000, "-1", "1e9", "٣", "a\x00b", "\ud800", "\\", "'", "{}", "0001-01-01", "9999-12-31",
    "//[::1", "9" * 18 + "-" + "9" * 18, "题" * 20_000,
)  # fmt: skip
WORST = "9" * 22 + "\x00"
ODD_NAMES = (
    "access_until__year=99999999",
    "password__regex=(",
    "institution__slug=x",
    "q[]=1",
    "page[]=2",
    "%00=1",
    "%ff=%ff",
)


def test_a_hash_cannot_be_read_sign_by_sign(at_bank, auditor):
    """The attack as it was: right and wrong guesses tell the same."""
    victim = make_staff("bei.hai", "compliance")
    victim.set_password("correct horse battery staple")
    victim.save(update_fields=["password"])
    browser = signed_in(auditor)

    right = browser.get(STAFF, {"username": victim.username, "password__regex": f"^{victim.password[:6]}"})
    wrong = browser.get(STAFF, {"username": victim.username, "password__regex": NEVER_TRUE})
    searched = browser.get(STAFF, {"q": victim.password[:20]})

    assert told(right) == told(wrong)
    assert "bei.hai" not in told(searched)


def test_a_record_list_searches_what_it_shows():
    """To search a column that is not shown would be the same oracle: such a list is refused at the start."""
    shelf = Records()

    with pytest.raises(NotShown):

        @shelf.show(Staff)
        class Leaking(RecordList):
            permission = Permission.VIEW_STAFF
            title = "人员"
            columns = {"username": "用户名"}
            search_fields = ["username", "password"]

    with pytest.raises(NotShown):

        @shelf.show(Branch)
        class LeakingByTie(RecordList):
            permission = Permission.VIEW_STAFF
            title = "网点"
            columns = {"name": "名称"}
            search_fields = ["staff__password"]


@pytest.mark.slow
def test_no_address_answers_a_question_it_was_not_made_for(committed_db, tmp_path):
    plant(tmp_path, now=timezone.now())
    institution = Institution.objects.order_by("slug").first()
    browser = signed_in(everything(institution))
    pages = dict(open_pages(browser, institution))

    leaking = {
        route: columns
        for route, path in pages.items()
        if (columns := list(answered_differently(browser, route, path)))
    }

    assert set(STAFF_LISTS) <= set(pages), "a list that the walk no longer reaches"
    assert leaking == {}


@pytest.mark.slow
def test_no_address_fails_at_an_odd_value(committed_db, tmp_path):
    plant(tmp_path, now=timezone.now())
    institution = Institution.objects.order_by("slug").first()
    browser = signed_in(everything(institution))

    failing = dict(_failing(browser, dict(open_pages(browser, institution))))

    assert failing == {}


STAFF_LISTS = [f"desk/records/{each.place}" for each in records.lists.values()] + [
    "desk/staff/", "desk/notices/", "desk/reviews/", "desk/evidence/", "desk/rules/", "desk/rules/golden/",
    "desk/articles/", "desk/privacy/", "desk/privacy/keys/", "desk/privacy/customers/", "desk/grants/",
    "desk/appointments/", "desk/benefits/times/", "desk/campaigns/", "desk/withdrawals/", "desk/ledger/",
    "desk/leads/", "desk/leads/costs/", "desk/reports/", "desk/reports/filings/", "desk/questions/",
    "desk/questions/house/",
]  # fmt: skip


def open_pages(browser: Browser, institution: Institution) -> Iterator[tuple[str, str]]:
    """Every address that can be read, with a path of it that exists."""
    for address in addresses():
        if "uuid:" in address.route or "/preview/" in address.route:
            continue  # one record, no list
        if address.route.startswith(("language/", "demo/")) or address.route.endswith("healthz/ledger"):
            continue
        path = first_open(browser, address, institution)
        if path and browser.get(path).status_code == 200:
            yield address.route, path


def columns_near(route: str) -> list[str]:
    """The columns a list may be asked for: those of its own model and its ties, or of every model."""
    shelf = {f"desk/records/{each.place}": model for model, each in records.lists.items()}
    own = shelf.get(route)
    models = [own] if own else [model for app in APPS for model in apps.get_app_config(app).get_models()]
    names = {field.name for model in models for field in model._meta.get_fields()}
    tied = {
        f"{field.name}__{far.name}"
        for model in models
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model
        for far in field.related_model._meta.get_fields()
    }
    return sorted(names | tied)


def answered_differently(browser: Browser, route: str, path: str) -> Iterator[str]:
    """Questions about columns that change what the page tells."""
    with names_read() as own:
        plain = told(browser.get(path))
    for name, *more in batched([name for name in columns_near(route) if name not in own]):
        asked = {f"{column}{lookup}": NEVER_TRUE for column in (name, *more) for lookup in LOOKUPS}
        if told(browser.get(path, {**asked, "o": "1", "ordering": name, "fields": name})) != plain:
            yield f"{name} … {more[-1:]}"


def batched(names: list[str]) -> Iterator[list[str]]:
    """As many as one request may carry."""
    for first in range(0, len(names), MOST_ASKED):
        yield names[first : first + MOST_ASKED]


def _failing(browser: Browser, pages: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """What is answered by a failure, whatever was asked. The client raises what a view lets through."""
    for route, path in pages.items():
        with names_read() as read:
            browser.get(path)
        questions = [urlencode({name: signs(odd) for name in sorted(read)}) for odd in ODD]
        questions += [urlencode({name: signs(WORST)}) for name in sorted(read)]  # none hides behind another
        questions += ["&".join(f"{name}=1&{name}=2&{name}[]=3" for name in sorted(read))]
        questions += ODD_NAMES
        for question in questions:
            try:
                status = browser.get(f"{path}?{question}").status_code
            except Exception as error:
                status = repr(error)[:200]
            if not isinstance(status, int) or status >= 500:
                yield f"{route}?{question[:80]}", status


def signs(odd: str) -> bytes:
    return odd.encode("utf-8", "surrogatepass")


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The names that are read of any query or form while this is open: what an address takes from outside."""
    read: set[str] = set()

    def noting(method: str) -> Any:
        plain = getattr(QueryDict, method)

        def noted(self: QueryDict, name: str, *rest: Any) -> Any:
            read.add(name)
            return plain(self, name, *rest)

        return noted

    lent = ("get", "__contains__", "getlist")
    with pytest.MonkeyPatch.context() as patch:
        for method in lent:
            patch.setattr(QueryDict, method, noting(method), raising=False)
        yield read


_MOVING = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]+>", re.S)


def told(answer: Any) -> str:
    """The words of a page, without addresses and tokens (which may repeat what was asked) and its clock."""
    words = unescape(_MOVING.sub(" ", answer.content.decode("utf-8", "replace")))
    return " ".join(re.sub(r"\d\d:\d\d(:\d\d)?|[\d.,]+ *(秒|分钟|小时)", "", words).split())
