"""F12, F13: a service granted by mistake is taken back on a page, with a reason that its customer reads."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.errors import NotFound
from kernel.scope import scope
from privacy.models import OutboundText
from rewards.issued import PAGE, issued_grants
from rewards.lifecycle import GRANT
from rewards.models import Grant, RedemptionCode, Slot
from rewards.queries import my_benefits
from rewards.usecases import revoke_grant
from rewards.usecases.ends import RevokeReasonMissing
from tests.cast import NOON
from tests.desk import signed_in
from tests.privacy.people import a_participant, refused
from tests.rewards.visits import a_benefit, a_booking, a_grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(at_bank, officer, administrator):
    return a_booking(officer, administrator)


def test_a_booked_service_is_found_by_its_code_and_revoked_with_code_and_time(booked, administrator):
    participant, booking = booked
    desk = signed_in(administrator)

    found = desk.post(reverse("rewards:grants"), {"code": booking.code})
    page = desk.get(found.url).content.decode()
    done = desk.post(reverse("rewards:revoke", args=[booking.grant.id]), {"reason": "mistake"}, follow=True)

    assert found.url == reverse("rewards:grant", args=[booking.grant.id])
    assert booking.code not in found.url
    assert "138 **** 8000" in page
    assert "发放有误" in page
    assert "已撤销，核销码和预约时段同时失效" in done.content.decode()
    assert RedemptionCode.objects.get().state == "revoked"
    assert Slot.objects.get().taken == 0
    [shown] = my_benefits(participant.id)
    assert (shown.state, shown.end_reason, shown.code) == ("revoked", "发放有误", "")


def test_the_customer_is_texted_why_and_where_to_complain(booked, administrator):
    _, booking = booked

    revoke_grant(actor=administrator, grant_id=booking.grant.id, reason="not_provided", now=NOON)

    assert OutboundText.objects.filter(kind="revoked").count() == 1


def test_nobody_loses_a_service_without_a_reason(booked, administrator):
    _, booking = booked

    with refused(RevokeReasonMissing):
        revoke_grant(actor=administrator, grant_id=booking.grant.id, reason="", now=NOON)
    answer = signed_in(administrator).post(reverse("rewards:revoke", args=[booking.grant.id]), follow=True)

    assert "请选择撤销原因" in answer.content.decode()
    assert Grant.objects.get().state == "booked"


@pytest.mark.parametrize(
    "state", [state for state in Grant.State.values if not GRANT.allows(state, "revoke")]
)
def test_what_has_ended_is_not_revoked_again(booked, administrator, state):
    _, booking = booked
    Grant.objects.update(state=state, ended_at=NOON)

    page = signed_in(administrator).get(reverse("rewards:grant", args=[booking.grant.id])).content.decode()
    answer = signed_in(administrator).post(
        reverse("rewards:revoke", args=[booking.grant.id]), {"reason": "mistake"}, follow=True
    )

    assert "撤销原因（客户会看到）" not in page
    assert "当前状态已不能进行这项操作" in answer.content.decode()


def test_only_who_may_revoke_comes_in_and_an_outsider_finds_nothing(
    booked, clerk, marketer, outsider, insurer
):
    _, booking = booked
    pages = [reverse("rewards:grants"), reverse("rewards:grant", args=[booking.grant.id])]

    for actor in (clerk, marketer):
        assert [signed_in(actor).get(page).status_code for page in pages] == [403, 403]
    assert signed_in(outsider).get(pages[1]).status_code in (403, 404)


def test_the_list_pages_on_without_losing_or_doubling_a_row(at_bank, officer, administrator):
    benefit = a_benefit(administrator)
    granted = {a_grant(a_participant(), benefit, occasion=f"passed:{n}").id for n in range(2 * PAGE + 3)}

    seen, before = [], None
    while True:
        page = issued_grants(before=before)
        seen += [row.id for row in page.rows]
        before = page.before
        if before is None:
            break

    assert len(seen) == len(set(seen))
    assert set(seen) == granted
    assert seen == sorted(seen, reverse=True)


def test_a_page_of_the_list_asks_a_fixed_number_of_questions(at_bank, officer, administrator):
    benefit = a_benefit(administrator)
    for number in range(5):
        a_booking(officer, administrator, phone=f"1380013{number:04d}", benefit=benefit)

    with CaptureQueriesContext(connection) as asked:
        issued_grants()

    # keys made within this very transaction are not kept in memory until it commits
    assert len([query for query in asked if 'FROM "kernel_institutionkey"' not in query["sql"]]) == 4


def test_another_institution_sees_none_of_ours(booked, insurer, outsider):
    _, booking = booked

    with scope(insurer.id):
        assert not issued_grants().rows
        with refused(NotFound):
            revoke_grant(actor=outsider, grant_id=booking.grant.id, reason="mistake", now=NOON)
