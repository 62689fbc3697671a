"""Whatever is ours does not exist for a colleague of another institution: generated over every address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from config.demo.seed import plant
from kernel.scope import scope
from tenancy.models import Institution
from tests.desk import Browser, signed_in
from tests.planted import everything, first_open, tenant_models
from tests.walk import Address, only_excused, staff_addresses

HIDDEN = 404

# Addresses for which the planted world holds nothing to show: why.
_REPORT = "a worker makes reports later; tests/analytics/test_reports.py asks as an outsider"
_RECORD = "nobody planted was looked at or erased; tests/tenancy/test_records.py asks as an outsider"

UNPROVED: dict[str, str] = {
    "desk/reports/<uuid:order_id>/": _REPORT,
    "desk/reports/<uuid:order_id>/filing/": "the same; tests/campaigns/test_filing.py asks as an outsider",
    "desk/reports/<uuid:order_id>/report.pdf": _REPORT,
    "desk/reports/<uuid:order_id>/report.csv": _REPORT,
    "desk/records/privacy/reveal/<uuid:record_id>/change/": _RECORD,
    "desk/records/privacy/destruction/<uuid:record_id>/change/": _RECORD,
    "desk/reviews/batches/<uuid:batch_id>/": "tests/compliance/test_batches.py asks as an outsider",
}


@pytest.mark.slow
def test_the_outsider_sees_nothing_of_ours(committed_db, tmp_path):
    plant(tmp_path, now=timezone.now())
    ours, theirs = Institution.objects.order_by("slug")[:2]
    insider, outsider = signed_in(everything(ours)), signed_in(everything(theirs))
    known = {address: path for address in detailed() if (path := first_open(insider, address, ours))}
    before = census()

    told = {
        f"{method} {address.route}": answer.status_code
        for address, path in known.items()
        for method, answer in asked(outsider, address, path)
        if answer.status_code not in {HIDDEN, 405}
        and (method == "GET" or answer.status_code != as_if_made_up(outsider, address, method))
    }

    assert told == {}
    assert census() == before, "an outsider changed something"
    only_excused({each.route: "nothing to show" for each in detailed() if each not in known}, UNPROVED)


def detailed() -> list[Address]:
    """Addresses that name something by its id."""
    return [each for each in staff_addresses() if any(kind == "UUIDConverter" for _name, kind in each.parts)]


def asked(browser: Browser, _address: Address, path: str) -> Iterator[tuple[str, Any]]:
    yield "GET", browser.get(path)
    yield "POST", browser.post(path, {})
    yield "POST JSON", browser.post(path, b"{}", content_type="application/json")


def as_if_made_up(browser: Browser, address: Address, method: str) -> int:
    """The same deed on an id that exists nowhere: a body may be refused before its row is sought."""
    answers = dict(asked(browser, address, address.path()))
    return int(answers[method].status_code)


def census() -> dict[str, int]:
    """How many rows each table holds, all institutions together (read as the owner would)."""
    counted: dict[str, int] = {}
    for institution in Institution.objects.order_by("slug"):
        with scope(institution.id), connection.cursor() as cursor:
            for model in tenant_models():
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                counted[f"{institution.slug} {model._meta.label}"] = cursor.fetchone()[0]
    return counted
