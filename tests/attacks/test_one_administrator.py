"""One administrator alone becomes nobody who decides, reads customers, redeems or hands data out.

Once they gave a new account of their own the service post, looked at codes and read the customers in clear.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from kernel.errors import Denied
from kernel.scope import scope
from kernel.timekeeping import local_day
from privacy.usecases import find_participants, reveal_field
from rewards.usecases import inspect_code, reveal_for_appointment, take_appointment
from tenancy.colleagues import (
    SeatReadsOnly,
    change_roles,
    clear_second_factor,
    close_access,
    reopen_access,
)
from tenancy.confirming import OwnRequest, confirm_request
from tenancy.models import AccessRequest, Staff
from tenancy.roles import MATRIX, Permission, Role
from tenancy.seats import move_last_day, open_auditor_seat
from tenancy.second_person import GUARDED, NeedsSecondPerson, waiting_for
from tenancy.usecases import add_staff
from tests.attacks.test_forged_reviews import as_owner
from tests.cast import NOON, ONE_DAY, make_institution, make_staff
from tests.desk import signed_in
from tests.privacy.people import refused
from tests.rewards.visits import a_booking

NUMBER = "19912344321"
TODAY = local_day(NOON)
GRAVE = {
    Permission.DECIDE_REVIEW, Permission.REVEAL_PERSONAL, Permission.MANAGE_PRIVACY, Permission.REDEEM_CODE,
    Permission.VIEW_PARTICIPANTS, Permission.REVOKE_GRANT, Permission.MAKE_REPORT, Permission.MANAGE_STAFF,
    Permission.IMPORT_CUSTOMERS,
}  # fmt: skip


@pytest.mark.django_db
def test_a_new_account_of_ones_own_reads_no_customer(at_bank, officer, administrator):
    """The attack as it was: add a clerk, sign in as them, look a code up, take the visit, reveal."""
    person, booking = a_booking(officer, administrator, phone=NUMBER)
    clerk = add_staff(
        actor=administrator, username="wo", display_name="我", roles=["marketer", "service"], now=NOON
    ).actor
    visit = {"appointment_id": booking.appointment.id, "now": NOON}

    assert clerk.roles == {"marketer"}
    with refused(Denied):
        inspect_code(actor=clerk, code=booking.code, now=NOON)
    with refused(Denied):
        take_appointment(actor=clerk, **visit)
    with refused(Denied):
        reveal_for_appointment(actor=clerk, field="phone", purpose="service", **visit)
    with refused(Denied):
        reveal_field(actor=clerk, participant_id=person.id, field="phone", purpose="service", now=NOON)
    with refused(Denied):
        find_participants(actor=clerk, phone=NUMBER, now=NOON)
    with refused(OwnRequest):
        confirm_request(actor=administrator, request_id=waiting_for(clerk.id).get().id, now=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(GUARDED - {"auditor"}))
def test_a_guarded_post_waits_for_the_second_administrator(at_bank, administrator, marketer, role: str):
    second = make_staff("fu.guan", "administrator").actor

    change_roles(actor=administrator, staff_id=marketer.id, roles=["marketer", role], now=NOON)

    assert Staff.of(marketer.id).roles == ["marketer"]
    confirm_request(actor=second, request_id=waiting_for(marketer.id).get().id, now=NOON)
    assert Staff.of(marketer.id).roles == sorted(["marketer", role])


@pytest.mark.django_db
def test_an_auditors_seat_reads_nothing_before_the_second_administrator(at_bank, administrator):
    """The attack: open a seat in any name, keep its link, read along and take evidence packages out."""
    second = make_staff("fu.guan", "administrator").actor
    seat = open_auditor_seat(
        actor=administrator, username="wo", display_name="我", last_day=TODAY + 7 * ONE_DAY, now=NOON
    )

    assert Staff.of(seat.id).roles == []
    for page in ("privacy:overview", "compliance:reviews", "tenancy:staff"):
        assert signed_in(Staff.of(seat.id).actor).get(reverse(page)).status_code == 403
    with refused(SeatReadsOnly):
        change_roles(actor=administrator, staff_id=seat.id, roles=["marketer"], now=NOON)
    with refused(OwnRequest):
        confirm_request(actor=administrator, request_id=waiting_for(seat.id).get().id, now=NOON)
    confirm_request(actor=second, request_id=waiting_for(seat.id).get().id, now=NOON)
    assert Staff.of(seat.id).roles == ["auditor"]


@pytest.mark.django_db
def test_a_seat_is_not_made_longer_by_one_administrator(at_bank, administrator):
    """Also one whose last day is over; shorter it is at once."""
    second = make_staff("fu.guan", "administrator").actor
    seat = make_staff("wai.shen", "auditor")
    last = Staff.of(seat.id).last_day

    move_last_day(actor=administrator, staff_id=seat.id, last_day=last - ONE_DAY, now=NOON)
    assert Staff.of(seat.id).roles == ["auditor"]
    move_last_day(actor=administrator, staff_id=seat.id, last_day=last, now=NOON)
    assert (Staff.of(seat.id).roles, Staff.of(seat.id).last_day) == ([], last)
    confirm_request(actor=second, request_id=waiting_for(seat.id).get().id, now=NOON)
    assert Staff.of(seat.id).roles == ["auditor"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["compliance", "service", "administrator"])
def test_somebody_who_was_shut_out_comes_back_to_a_guarded_post_by_two(at_bank, administrator, role: str):
    """The attack: a former officer, whose password is known, is let in again for an afternoon."""
    second = make_staff("fu.guan", "administrator").actor
    gone = make_staff("li.zhi", "marketer", role)
    gone.set_password("correct horse battery 9")
    gone.save(update_fields=["password"])
    close_access(actor=administrator, staff_id=gone.id, now=NOON)

    back = reopen_access(actor=administrator, staff_id=gone.id, now=NOON)

    assert (back.is_active, Staff.of(gone.id).roles) == (True, ["marketer"])
    with refused(NeedsSecondPerson):
        clear_second_factor(actor=administrator, staff_id=gone.id, now=NOON)
    with refused(OwnRequest):
        confirm_request(actor=administrator, request_id=waiting_for(gone.id).get().id, now=NOON)
    confirm_request(actor=second, request_id=waiting_for(gone.id).get().id, now=NOON)
    assert Staff.of(gone.id).roles == sorted(["marketer", role])


@pytest.mark.django_db
def test_a_clerks_sign_in_is_not_taken_by_one_administrator(at_bank, administrator, clerk):
    """Nor after their post was taken away first."""
    staff = Staff.of(clerk.id)
    staff.set_password("correct horse battery 9")
    staff.save(update_fields=["password"])
    desk = signed_in(administrator)

    with refused(NeedsSecondPerson):
        clear_second_factor(actor=administrator, staff_id=clerk.id, now=NOON)
    change_roles(actor=administrator, staff_id=clerk.id, roles=["marketer"], now=NOON)
    with refused(NeedsSecondPerson):
        clear_second_factor(actor=administrator, staff_id=clerk.id, now=NOON)
    desk.post(reverse("tenancy:staff_invite", args=[clerk.id]))

    assert AccessRequest.objects.filter(staff_id=clerk.id, what="password", status="asked").exists()


@pytest.mark.django_db
def test_the_page_says_so(at_bank, administrator):
    desk = signed_in(administrator)
    form = {"username": "xin.ren", "display_name": "新人", "roles": ["service"], "branch": ""}

    before = desk.get(reverse("tenancy:staff_add")).content.decode()
    after = desk.post(reverse("tenancy:staff_add"), form).content.decode()

    assert "审核、服务、审计与管理岗位须另一位管理员确认后生效" in before
    assert "审核、服务、审计与管理岗位须另一位管理员确认后生效" in after
    assert Staff.objects.get(username="xin.ren").roles == []


def test_every_post_with_a_grave_permission_is_guarded():
    assert {role.value for role in Role if MATRIX[role] & GRAVE} == GUARDED


def test_nor_does_sql_make_a_clerk(committed_db):
    """The runtime role's own statements: on an institution's second day nobody becomes the counter alone."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        make_staff("lin.yue", "marketer")
        as_owner("UPDATE tenancy_institution SET founded_at = now() - interval '2 days'")

        with (
            pytest.raises(DatabaseError, match="two administrators"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE tenancy_staff SET roles = '{service}' WHERE username = 'lin.yue'")

        assert Staff.objects.get(username="lin.yue").roles == ["marketer"]


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE tenancy_staff SET is_active = true WHERE username = 'zhou.he'",
        "UPDATE tenancy_staff SET access_until = access_until + interval '1 day' WHERE username = 'wai.shen'",
        "UPDATE tenancy_staff SET access_until = NULL, roles = '{compliance}' WHERE username = 'wai.shen'",
        "UPDATE tenancy_staff SET roles = '{auditor}', access_until = now() WHERE username = 'lin.yue'",
    ],
)
def test_nor_does_sql_let_anybody_back_in_or_stay_longer(committed_db, attempt: str):
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        make_staff("lin.yue", "marketer")
        make_staff("wai.shen", "auditor")
        gone = make_staff("zhou.he", "compliance")
        Staff.objects.filter(id=gone.id).update(is_active=False)
        as_owner("UPDATE tenancy_institution SET founded_at = now() - interval '2 days'")

        with (
            pytest.raises(DatabaseError, match="two administrators"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attempt)
