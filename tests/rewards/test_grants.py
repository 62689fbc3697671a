"""F11, F12, F14, F29, F38: services only, once for an occasion."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.actor import SYSTEM
from kernel.errors import Denied
from kernel.lifecycle import IllegalTransition
from ledger.models import Entry
from rewards.lifecycle import GRANT
from rewards.models import Benefit, Grant, Service
from rewards.plain_service import NotAService
from rewards.queries import my_benefits
from rewards.usecases import redeem_code, retire_benefit, revoke_grant, sweep_expired
from rewards.usecases.benefits import BadBenefit, UnknownService
from rewards.usecases.grants import BenefitRetired
from tests.cast import NOON
from tests.privacy.people import a_participant, refused
from tests.rewards.visits import a_benefit, a_booking, a_grant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("service", ["cash", "gift_card", "fund_yield", "", "WEALTH_CONSULT", "现金"])
def test_a_type_outside_the_catalogue_is_refused(at_bank, administrator, service):
    with refused(UnknownService):
        a_benefit(administrator, service=service)


def test_the_database_refuses_it_too(at_bank, administrator):
    benefit = a_benefit(administrator)

    with pytest.raises(IntegrityError), transaction.atomic():
        Benefit.objects.filter(pk=benefit.id).update(service="cash")


@pytest.mark.parametrize(
    "wording",
    [
        "咨询送50元话费", "返 现 10%", "高收益理财体验", "年化４％", "价值 ¥299 的咨询",
        "赠送礼品", "每邀请一人多得一次", "完成开户奖励", "手续费减免券", "抽奖一次", "价值300",
        "￥88 咨询", "保本咨询",
    ],
)  # fmt: skip
def test_wording_of_money_goods_or_yield_is_refused(at_bank, administrator, wording):
    """F14."""
    with refused(NotAService):
        a_benefit(administrator, summary=wording)
    with refused(NotAService):
        a_benefit(administrator, title=wording)


@pytest.mark.parametrize("service", list(Service))
def test_every_service_of_the_list_can_be_offered(at_bank, administrator, service):
    benefit = a_benefit(administrator, service=service, title=str(service.label))

    assert benefit.service == service


@pytest.mark.parametrize(
    "bad",
    [{"title": ""}, {"title": "好" * 41}, {"summary": "x" * 500}, {"valid_days": 0}, {"valid_days": 999},
     {"minutes": -1}, {"delivered_by": "robot"}],
)  # fmt: skip
def test_what_is_out_of_bounds_is_named(at_bank, administrator, bad):
    with refused(BadBenefit):
        a_benefit(administrator, **bad)


def test_only_who_may_manage_benefits_may(at_bank, marketer):
    with refused(Denied):
        a_benefit(marketer)


def test_the_same_occasion_gives_the_same_grant(at_bank, administrator):
    """F11."""
    participant, benefit = a_participant(), a_benefit(administrator)

    grants = {a_grant(participant, benefit).id for _ in range(5)}

    assert len(grants) == 1
    assert Entry.objects.filter(verb="rewards.granted").count() == 1


def test_other_occasions_and_other_people_have_their_own(at_bank, administrator):
    benefit = a_benefit(administrator)
    first, second = a_participant(), a_participant()

    grants = {
        a_grant(first, benefit).id, a_grant(second, benefit).id, a_grant(first, benefit, "month:2026-12").id,
    }  # fmt: skip

    assert len(grants) == 3


def test_a_retired_service_is_granted_no_more_but_stays_earned(at_bank, administrator):
    benefit, participant = a_benefit(administrator), a_participant()
    earned = a_grant(participant, benefit)
    retire_benefit(actor=administrator, benefit_id=benefit.id, now=NOON)

    assert a_grant(participant, benefit).id == earned.id
    with refused(BenefitRetired):
        a_grant(a_participant(), benefit)


def test_what_is_not_booked_in_time_expires(at_bank, administrator):
    benefit, participant = a_benefit(administrator, book_within_days=30), a_participant()
    grant = a_grant(participant, benefit)

    assert sweep_expired(actor=SYSTEM, now=grant.book_before - timedelta(seconds=1)) == 0
    assert sweep_expired(actor=SYSTEM, now=grant.book_before) == 1
    assert sweep_expired(actor=SYSTEM, now=NOON + timedelta(days=31)) == 0

    assert Grant.of(grant.id).state == "expired"


def test_a_booked_grant_is_revoked_with_its_code_and_its_time(at_bank, administrator, officer, clerk):
    participant, booking = a_booking(officer, administrator)

    revoke_grant(actor=administrator, grant_id=booking.grant.id, reason="mistake", now=NOON)

    answer = redeem_code(actor=clerk, code=booking.code, now=NOON)
    booking.appointment.slot.refresh_from_db()
    assert answer.outcome == "revoked"
    assert booking.appointment.slot.taken == 0
    assert my_benefits(participant.id)[0].code == ""


@pytest.mark.parametrize("state", sorted(GRANT.states))
@pytest.mark.parametrize("deed", sorted(GRANT.deeds))
def test_every_other_step_is_refused(state, deed):
    if GRANT.allows(state, deed):
        assert GRANT.next(state, deed) in GRANT.states
    else:
        with pytest.raises(IllegalTransition):
            GRANT.next(state, deed)
