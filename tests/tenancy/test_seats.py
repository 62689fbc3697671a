"""An auditor seat reads, masked, until its last day: then every door is shut, open sessions included. F51."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from kernel.errors import Denied
from kernel.timekeeping import end_of_day, local_day
from ledger.models import Entry
from tenancy.colleagues import NotOnOneself, SeatReadsOnly, change_roles
from tenancy.confirming import confirm_request
from tenancy.models import Staff
from tenancy.roles import MATRIX, Role
from tenancy.seats import SeatDays, move_last_day, open_auditor_seat
from tenancy.second_person import waiting_for
from tenancy.usecases import LastDayNeeded, add_staff
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in
from tests.privacy.people import refused

TODAY = local_day(NOON)


@pytest.fixture
def seat(administrator):
    opened = open_auditor_seat(
        actor=administrator, username="wai.shen", display_name="外审", last_day=TODAY + 7 * ONE_DAY, now=NOON
    )
    return _confirmed(opened)


def _confirmed(staff):
    """The other administrator's word."""
    second = Staff.objects.filter(username="fu.guan").first() or make_staff("fu.guan", "administrator")
    confirm_request(actor=second.actor, request_id=waiting_for(staff.id).get().id, now=NOON)
    return Staff.of(staff.id)


def test_an_auditor_may_look_and_nothing_else():
    """F54: masked, so revealing is not among it."""
    assert all(permission.value.startswith("view_") for permission in MATRIX[Role.AUDITOR])


def test_the_administrator_opens_a_seat_on_one_page(administrator):
    browser, address = signed_in(administrator), reverse("tenancy:seat_add")
    last_day = (local_day(timezone.now()) + ONE_DAY).isoformat()

    wrong = browser.post(address, {"display_name": "外审", "username": "wai.shen", "last_day": "2001-01-01"})
    opened = browser.post(address, {"display_name": "外审", "username": "wai.shen", "last_day": last_day})

    assert wrong.status_code == 422
    assert "wai.shen@bank" in opened.content.decode()
    staff = Staff.objects.get(username="wai.shen")
    assert staff.roles == []
    assert "另一位管理员确认" in opened.content.decode()
    second = make_staff("fu.guan", "administrator").actor
    confirm_request(actor=second, request_id=waiting_for(staff.id).get().id, now=timezone.now())
    staff.refresh_from_db()
    assert (staff.roles, staff.last_day.isoformat()) == (["auditor"], last_day)
    assert Entry.objects.get(verb="tenancy.auditor_seat_opened").data == {"last_day": last_day}


def test_nobody_audits_without_a_last_day(administrator, officer, at_bank):
    """F51: neither by the form for colleagues, nor by the deeds, nor by plain SQL."""
    page = signed_in(administrator).get(reverse("tenancy:staff_add")).content.decode()
    assert 'value="marketer"' in page
    assert 'value="auditor"' not in page

    with refused(LastDayNeeded):
        add_staff(actor=administrator, username="wai", display_name="外", roles=["auditor"], now=NOON)
    with refused(SeatReadsOnly):
        change_roles(actor=administrator, staff_id=officer.id, roles=["auditor"], now=NOON)
    with pytest.raises(IntegrityError, match="last_day"), transaction.atomic():
        Staff.objects.filter(id=officer.id).update(roles=["auditor"])


def test_the_seat_says_on_every_page_until_when(seat, officer):
    for page in ("tenancy:home", "compliance:reviews", "tenancy:staff"):
        assert "审计席位，至" in signed_in(seat.actor).get(reverse(page)).content.decode()

    assert "审计席位，至" not in signed_in(officer).get(reverse("tenancy:home")).content.decode()


def test_when_the_last_day_is_over_an_open_session_is_shut_at_once(seat):
    browser = signed_in(seat.actor)
    assert browser.get(reverse("compliance:reviews")).status_code == 200

    Staff.objects.filter(id=seat.id).update(access_until=timezone.now() - timedelta(seconds=1))

    for page in ("tenancy:home", "compliance:reviews"):
        assert browser.get(reverse(page))["Location"].startswith(reverse("tenancy:sign_in"))
    asked = signed_in(seat.actor).get(reverse("compliance:reviews"), headers={"accept": "application/json"})
    assert asked.status_code == 401


def test_the_last_day_can_be_moved_by_another_administrator_only(seat, administrator, officer, outsider):
    with refused(Denied):
        move_last_day(actor=officer, staff_id=seat.id, last_day=TODAY, now=NOON)
    address = reverse("tenancy:seat_last_day", args=[seat.id])
    today = local_day(timezone.now())

    assert signed_in(outsider).post(address, {"last_day": today.isoformat()}).status_code == 404
    signed_in(administrator).post(address, {"last_day": today.isoformat()})

    seat.refresh_from_db()
    assert seat.access_until == end_of_day(today)
    with refused(SeatDays):
        move_last_day(actor=administrator, staff_id=seat.id, last_day=TODAY - ONE_DAY, now=NOON)
    with refused(NotOnOneself):
        move_last_day(actor=administrator, staff_id=administrator.id, last_day=TODAY, now=NOON)


def test_a_seat_takes_no_other_role(seat, administrator):
    with refused(SeatReadsOnly):
        change_roles(actor=administrator, staff_id=seat.id, roles=["auditor", "compliance"], now=NOON)

    page = signed_in(administrator).get(reverse("tenancy:colleague", args=[seat.id])).content.decode()
    assert "更新期限" in page
    assert "保存岗位" not in page


def test_an_expired_seat_is_marked_in_the_list(seat, administrator):
    make_staff("zai.zhi", "service")
    Staff.objects.filter(id=seat.id).update(access_until=timezone.now() - timedelta(days=1))

    assert "期限已过" in signed_in(administrator).get(reverse("tenancy:staff")).content.decode()
