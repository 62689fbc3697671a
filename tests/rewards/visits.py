"""Services, times and customers for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.actor import SYSTEM, Actor
from kernel.ids import new_id
from rewards.models import Benefit, Grant, Slot
from rewards.usecases import add_benefit, book_grant, grant_benefit, open_slots
from rewards.usecases.bookings import Booking
from tenancy.models import Branch
from tests.cast import NOON
from tests.privacy.people import PHONE, a_verified_participant

CAMPAIGN = UUID("0190a000-0000-7000-8000-000000000001")


def a_benefit(administrator: Actor, **other: Any) -> Benefit:
    wanted = {
        "service": "wealth_consult",
        "title": "银行理财经理1对1咨询",
        "summary": "三十分钟，讲清风险与期限，不推销产品。",
        "delivered_by": "wealth_manager",
    } | other
    return add_benefit(actor=administrator, **wanted, now=NOON)


def a_slot(administrator: Actor, *, capacity: int = 1, at: datetime = NOON + timedelta(days=2)) -> Slot:
    branch = Branch.objects.order_by("id").first() or Branch.objects.create(
        name="城东支行", city="杭州", address="延安路 1 号"
    )
    [slot] = open_slots(
        actor=administrator, branch_id=branch.id, starts=[at], minutes=30, capacity=capacity, now=NOON
    )
    return slot


def a_grant(participant: Actor, benefit: Benefit, occasion: str = "passed", at: datetime = NOON) -> Grant:
    return grant_benefit(
        actor=SYSTEM, participant_id=participant.id, benefit_id=benefit.id, occasion=occasion,
        campaign_id=CAMPAIGN, version_id=new_id(), now=at,
    )  # fmt: skip


def a_booking(
    officer: Actor,
    administrator: Actor,
    *,
    phone: str = PHONE,
    benefit: Benefit | None = None,
    at: datetime = NOON + timedelta(hours=1),
) -> tuple[Actor, Booking]:
    """A customer who earned a service and booked it for one o'clock."""
    participant = a_verified_participant(officer, phone=phone)
    grant = a_grant(participant, benefit or Benefit.objects.first() or a_benefit(administrator))
    slot = a_slot(administrator, capacity=5, at=at)
    return participant, book_grant(
        actor=participant, grant_id=grant.id, name="张三丰", need="wealth", slot_id=slot.id, now=NOON
    )
