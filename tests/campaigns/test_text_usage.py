"""The page of text usage: texts sent, their cost, refusals, and the ceilings an administrator sets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from kernel.actor import SYSTEM
from ledger.models import Entry
from privacy.models import OutboundText, TextCeiling, TextTally
from privacy.text_usage import refusals_today, usage_by_campaign
from privacy.usecases import set_text_ceiling, set_text_price
from privacy.usecases.text_ceilings import Bill, ceilings_for
from privacy.usecases.text_settings import CeilingOutOfBounds, PriceUnknown, ReasonMissing
from tests.attacks.test_pumping_texts import charge_one
from tests.campaigns.conftest import ready_quiz
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.privacy.people import a_participant, refused


def sent(campaign_id: Any, *, parts: int = 1, at: Any = NOON) -> None:
    OutboundText.objects.create(
        participant_id=a_participant().id,
        campaign_id=campaign_id,
        kind="phone_code",
        parts=parts,
        state="sent",
        created_at=at,
        next_try_at=at,
        useless_after=at,
        settled_at=at,
    )


def test_texts_are_counted_as_billed_by_day_and_month(at_bank: Any, administrator: Any) -> None:
    campaign = uuid4()
    sent(campaign)
    sent(campaign, parts=2, at=NOON.replace(day=1, hour=1))
    sent(campaign, at=NOON - timedelta(days=40))
    before = usage_by_campaign(now=NOON)[0].cost_month
    set_text_price(actor=administrator, yuan=Decimal("0.045"), now=NOON)

    whole, one = usage_by_campaign(now=NOON)

    assert before is None, "no price, no cost"
    assert (whole.month, one.month, one.campaign_id) == (3, 3, campaign)
    assert one.cost_month == Decimal("0.14")
    assert one.today == (3 if NOON.day == 1 else 1)


def test_raising_a_ceiling_takes_a_reason_and_lowering_none(at_bank: Any, administrator: Any) -> None:
    campaign = uuid4()
    set_text_ceiling(actor=administrator, scope="campaign", campaign_id=campaign, most=500, now=NOON)
    with refused(ReasonMissing):
        set_text_ceiling(actor=administrator, scope="campaign", campaign_id=campaign, most=501, now=NOON)
    with refused(ReasonMissing):
        set_text_ceiling(actor=administrator, scope="campaign", most=3_000, reason="因为", now=NOON)
    set_text_ceiling(
        actor=administrator, scope="campaign", campaign_id=campaign, most=800, reason="event", now=NOON
    )

    assert ceilings_for(campaign)["campaign"] == 800
    assert ceilings_for(uuid4())["campaign"] == 2_000
    assert TextCeiling.objects.count() == 1
    facts = list(
        Entry.objects.filter(verb="privacy.text_ceiling_set").order_by("id").values_list("data", flat=True)
    )
    assert [(each["before"], each["most"], each["reason"]) for each in facts] == [
        (2_000, 500, ""),
        (500, 800, "event"),
    ]


@pytest.mark.parametrize(("scope", "most"), [("institution", 9), ("institution", 200_001), ("number", 2)])
def test_a_ceiling_stays_within_bounds(at_bank: Any, administrator: Any, scope: str, most: int) -> None:
    with refused(CeilingOutOfBounds):
        set_text_ceiling(actor=administrator, scope=scope, most=most, reason="event", now=NOON)


@pytest.mark.parametrize("yuan", ["0", "-1", "10.01", "0.00001", "NaN"])
def test_a_price_is_one(at_bank: Any, administrator: Any, yuan: str) -> None:
    with refused(PriceUnknown):
        set_text_price(actor=administrator, yuan=Decimal(yuan), now=NOON)


def test_a_ceiling_lowered_below_what_went_out_stops_the_day(at_bank: Any, administrator: Any) -> None:
    campaign = uuid4()
    for number in range(12):
        charge_one(actor=SYSTEM, bill=Bill(f"+8613{number:09d}", campaign, 1), now=NOON)
    set_text_ceiling(actor=administrator, scope="campaign", campaign_id=campaign, most=10, now=NOON)

    passed = charge_one(actor=SYSTEM, bill=Bill("+8613900000000", campaign, 1), now=NOON)

    assert not passed
    assert TextTally.objects.get(scope="campaign").used == 12


def test_the_page_says_unentered_and_takes_price_and_ceiling(at_bank: Any, marketer: Any) -> None:
    quiz = ready_quiz(marketer)
    sent(quiz.id, at=timezone.now())
    desk = signed_in(make_staff("guan.li", "administrator").actor)
    page = reverse("campaigns:texts")

    first = desk.get(page).content.decode()
    desk.post(reverse("campaigns:texts_price"), {"yuan": "0.05"})
    wrong = desk.post(
        reverse("campaigns:texts_ceiling"), {"scope": "campaign", "campaign": quiz.id, "most": "9000"}
    )
    desk.post(
        reverse("campaigns:texts_ceiling"),
        {"scope": "campaign", "campaign": quiz.id, "most": "9000", "reason": "growth"},
    )
    last = desk.get(page).content.decode()

    assert "未录入" in first
    assert quiz.title in first
    assert (wrong.status_code, "调高上限须选择原因" in wrong.content.decode()) == (422, True)
    assert "0.05" in last
    assert "9,000" in last
    assert {row.scope for row in refusals_today(now=timezone.now())} == {
        "institution", "campaign", "range", "number",
    }  # fmt: skip


def test_only_an_administrator_sees_it(at_bank: Any, marketer: Any) -> None:
    assert signed_in(marketer).get(reverse("campaigns:texts")).status_code == 403
