"""What PostgreSQL cannot keep is the caller's mistake: a 4xx with a code, never a 500 (security 67)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from kernel.actor import Actor
from tests.desk import signed_in

NUL = "a\x00b"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("tenancy:staff", {"q": NUL}),
        ("analytics:ledger", {"verb": NUL}),
    ],
)
def test_a_search_for_what_no_text_holds_is_refused(
    at_bank: UUID, administrator: Actor, name: str, asked: dict[str, str]
) -> None:
    refused = signed_in(administrator).get(reverse(name), asked, headers={"Accept": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (400, "unstorable")


def test_a_person_is_told_on_a_page(at_bank: UUID, administrator: Actor) -> None:
    refused = signed_in(administrator).get(reverse("tenancy:staff"), {"q": NUL})

    assert refused.status_code == 400
    assert "无法保存" in refused.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_all_calendars_is_refused(at_bank: UUID, clerk: Actor, day: str) -> None:
    asked = signed_in(clerk).get(reverse("rewards:appointments"), {"day": day})

    assert asked.status_code in (200, 400)
