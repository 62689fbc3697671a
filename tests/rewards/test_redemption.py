"""F13: one code, one answer, one time — and each refusal has its own word."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from kernel.actor import SYSTEM
from kernel.errors import Denied
from kernel.scope import scope
from ledger.models import Entry
from rewards.codes import make_code
from rewards.models import RedemptionCode
from rewards.queries import last_redemptions
from rewards.usecases import inspect_code, redeem_code, sweep_expired
from tenancy.models import Branch, Staff
from tests.cast import NOON
from tests.privacy.people import refused
from tests.rewards.visits import a_benefit, a_booking

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(at_bank, officer, administrator):
    return a_booking(officer, administrator)[1]


def test_a_live_code_is_looked_at_and_then_redeemed_once(booking, clerk):
    looked = inspect_code(actor=clerk, code=booking.code, now=NOON)
    first = redeem_code(actor=clerk, code=booking.code.lower(), now=NOON)
    second = redeem_code(actor=clerk, code=booking.code, now=NOON + timedelta(seconds=1))

    assert (looked.outcome, first.outcome, second.outcome) == ("ready", "redeemed", "already_used")
    assert (first.person.name, first.person.phone) == ("张**", "138****8000")
    assert first.service == "银行理财经理1对1咨询"
    assert second.redeemed_at == NOON


def test_a_mistyped_code_says_so(booking, clerk):
    wrong = booking.code[:-1] + ("2" if booking.code[-1] != "2" else "3")

    assert redeem_code(actor=clerk, code=wrong, now=NOON).outcome == "mistyped"
    assert redeem_code(actor=clerk, code="", now=NOON).outcome == "mistyped"
    assert redeem_code(actor=clerk, code="😀" * 500, now=NOON).outcome == "mistyped"


def test_a_code_nobody_made_is_unknown(booking, clerk, at_bank):
    answer = redeem_code(actor=clerk, code=make_code(at_bank, secrets.randbelow), now=NOON)

    assert (answer.outcome, answer.person, answer.service) == ("unknown", None, "")


def test_another_institutions_code_is_not_ours_and_nothing_of_it_is_told(booking, insurer, outsider):
    with scope(insurer.id):
        answer = redeem_code(actor=outsider, code=booking.code, now=NOON)

    assert (answer.outcome, answer.person, answer.service) == ("wrong_institution", None, "")
    assert RedemptionCode.objects.get().state == "live"


def test_an_expired_code_says_so_before_and_after_the_sweep(booking, clerk):
    late = RedemptionCode.objects.get().expires_at

    before = redeem_code(actor=clerk, code=booking.code, now=late).outcome
    sweep_expired(actor=SYSTEM, now=late)
    after = redeem_code(actor=clerk, code=booking.code, now=late).outcome

    assert (before, after) == ("expired", "expired")


@pytest.mark.parametrize("phone", ["8001", "13900139000", "abcd", "12"])
def test_the_wrong_phone_is_refused_and_the_code_stays_live(booking, clerk, phone):
    answer = redeem_code(actor=clerk, code=booking.code, phone=phone, now=NOON)

    assert (answer.outcome, answer.person) == ("wrong_phone", None)
    assert RedemptionCode.objects.get().state == "live"


@pytest.mark.parametrize("phone", ["8000", "13800138000", "+86 138 0013 8000", "８０００", ""])
def test_the_right_phone_fits(booking, clerk, phone):
    assert redeem_code(actor=clerk, code=booking.code, phone=phone, now=NOON).outcome == "redeemed"


def test_a_service_of_one_branch_is_not_redeemed_at_another(at_bank, officer, administrator, clerk):
    here = Branch.objects.create(name="城东支行", city="杭州", address="延安路 1 号")
    there = Branch.objects.create(name="城西支行", city="杭州", address="文一路 2 号")
    benefit = a_benefit(administrator, branch_ids=[here.id])
    _, booking = a_booking(officer, administrator, benefit=benefit)
    Staff.objects.filter(pk=clerk.id).update(branch=there)

    assert redeem_code(actor=clerk, code=booking.code, now=NOON).outcome == "wrong_branch"

    Staff.objects.filter(pk=clerk.id).update(branch=here)
    assert redeem_code(actor=clerk, code=booking.code, now=NOON).outcome == "redeemed"


def test_only_service_staff_redeem(booking, marketer):
    with refused(Denied):
        redeem_code(actor=marketer, code=booking.code, now=NOON)


def test_every_try_is_written_down_without_the_code(booking, clerk):
    redeem_code(actor=clerk, code=booking.code, phone="0000", now=NOON)
    redeem_code(actor=clerk, code=booking.code, now=NOON)

    written = [
        (entry.verb, entry.data)
        for entry in Entry.objects.filter(verb__startswith="rewards.rede").order_by("id")
    ]

    assert [verb for verb, _ in written] == ["rewards.redemption_refused", "rewards.redeemed"]
    assert written[0][1] == {"reason": "wrong_phone"}
    assert booking.code not in str(written)


def test_the_last_ten_are_the_colleagues_own_and_masked(booking, clerk, officer):
    redeem_code(actor=clerk, code=booking.code, now=NOON)

    [last] = last_redemptions(clerk.id)

    assert (last.person.phone, last.service) == ("138****8000", "银行理财经理1对1咨询")
    assert last_redemptions(officer.id) == []
