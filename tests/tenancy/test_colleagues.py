"""The administrator's deeds on colleagues: invitations work once, roles count at once, never on oneself."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from kernel.actor import SYSTEM, Actor
from kernel.errors import Denied
from ledger.models import Entry
from tenancy import access
from tenancy.access import InvitationSpent, accept_invitation, invite_staff
from tenancy.colleagues import NotOnOneself, RolesMissing, change_roles, clear_second_factor, close_access
from tenancy.models import Invitation, Staff, TotpDevice
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import Browser, signed_in

PASSWORD = "a sentence to remember 7"


@pytest.fixture
def newcomer(at_bank: UUID) -> Staff:
    return Staff.objects.get(id=make_staff("xin.ren", "service", display_name="新人").id)


def test_an_invitation_sets_a_password_once(administrator, newcomer):
    token = invite_staff(actor=administrator, staff_id=newcomer.id, now=NOON)

    accept_invitation(actor=SYSTEM, token=token, password=PASSWORD, now=NOON)

    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    with pytest.raises(InvitationSpent):
        accept_invitation(actor=SYSTEM, token=token, password=PASSWORD, now=NOON)


def test_an_invitation_lapses_after_three_days(administrator, newcomer):
    token = invite_staff(actor=administrator, staff_id=newcomer.id, now=NOON)

    with pytest.raises(InvitationSpent):
        accept_invitation(
            actor=SYSTEM, token=token, password=PASSWORD, now=NOON + 3 * ONE_DAY + timedelta(seconds=1)
        )


def test_a_new_invitation_makes_the_earlier_one_worthless(administrator, newcomer):
    first = invite_staff(actor=administrator, staff_id=newcomer.id, now=NOON)
    invite_staff(actor=administrator, staff_id=newcomer.id, now=NOON)

    with pytest.raises(InvitationSpent):
        accept_invitation(actor=SYSTEM, token=first, password=PASSWORD, now=NOON)


def test_nobody_invites_oneself_around_the_old_password(administrator):
    """Security 19: a stolen session must not become a password."""
    with pytest.raises(NotOnOneself):
        invite_staff(actor=administrator, staff_id=administrator.id, now=NOON)

    answer = signed_in(administrator).post(f"/desk/staff/{administrator.id}/invite/")
    assert answer.status_code == 409


def test_only_the_hash_of_an_invitation_is_kept(administrator, newcomer):
    token = invite_staff(actor=administrator, staff_id=newcomer.id, now=NOON)

    kept = bytes(Invitation.objects.get(staff=newcomer).digest)

    assert token.encode() not in kept
    assert len(token) >= 43


def test_a_reset_keeps_the_second_factor(administrator, newcomer):
    sealed = access.propose_secret(newcomer, now=NOON)
    TotpDevice.objects.create(id=newcomer.id, staff=newcomer, sealed_secret=sealed, confirmed_at=NOON)
    token = invite_staff(actor=administrator, staff_id=newcomer.id, now=NOON)

    accept_invitation(actor=SYSTEM, token=token, password=PASSWORD, now=NOON)

    assert TotpDevice.objects.filter(staff=newcomer, confirmed_at__isnull=False).exists()


def test_the_invitation_link_is_shown_once_and_opens_the_door(administrator, newcomer):
    page = signed_in(administrator).post(f"/desk/staff/{newcomer.id}/invite/").content.decode()
    path, token = re.search(r"http://127.0.0.1:8000(/desk/welcome/bank/)#([\w-]+)", page).groups()

    answer = Browser().post(path, {"token": token, "new": PASSWORD, "again": PASSWORD})

    newcomer.refresh_from_db()
    assert answer.status_code == 200
    assert newcomer.check_password(PASSWORD)


def test_the_invitation_link_leads_to_us_whatever_host_the_request_names(administrator, newcomer, settings):
    settings.BACK_OFFICE_URL = "https://desk.example.cn"

    address = f"/desk/staff/{newcomer.id}/invite/"

    strange = signed_in(administrator).post(address, headers={"host": "evil.example"})
    page = signed_in(administrator).post(address, headers={"host": "desk.example.cn:8443"})

    assert strange.status_code == 404, "a name of nobody's is answered nothing"
    assert "https://desk.example.cn/desk/welcome/bank/#" in page.content.decode()


def test_a_weak_password_does_not_spend_the_invitation(committed_db, administrator, newcomer):
    token = invite_staff(actor=administrator, staff_id=newcomer.id, now=timezone.now())
    browser = Browser()

    weak = browser.post(
        "/desk/welcome/bank/", {"token": token, "new": "123456789012", "again": "123456789012"}
    )
    good = browser.post("/desk/welcome/bank/", {"token": token, "new": PASSWORD, "again": PASSWORD})

    assert (weak.status_code, good.status_code) == (422, 200)


def test_another_institutions_invitation_is_worth_nothing(committed_db, insurer, administrator, newcomer):
    token = invite_staff(actor=administrator, staff_id=newcomer.id, now=timezone.now())

    answer = Browser().post("/desk/welcome/insurer/", {"token": token, "new": PASSWORD, "again": PASSWORD})

    newcomer.refresh_from_db()
    assert answer.status_code == 410
    assert not newcomer.has_usable_password()


@pytest.mark.parametrize("deed", [close_access, clear_second_factor])
def test_nobody_does_it_to_oneself(administrator: Actor, deed):
    with pytest.raises(NotOnOneself):
        deed(actor=administrator, staff_id=administrator.id, now=NOON)


def test_nobody_gives_oneself_roles(administrator: Actor):
    with pytest.raises(NotOnOneself):
        change_roles(actor=administrator, staff_id=administrator.id, roles=["compliance"], now=NOON)


def test_somebody_without_a_role_is_no_colleague(administrator, newcomer):
    with pytest.raises(RolesMissing):
        change_roles(actor=administrator, staff_id=newcomer.id, roles=[], now=NOON)


def test_changed_roles_are_in_the_ledger(administrator, newcomer):
    change_roles(actor=administrator, staff_id=newcomer.id, roles=["marketer", "service"], now=NOON)

    entry = Entry.objects.filter(verb="tenancy.roles_changed").get()
    assert entry.data == {"before": ["service"], "after": ["marketer", "service"]}


@pytest.mark.parametrize("deed", [close_access, clear_second_factor])
def test_a_marketer_manages_nobody(marketer, newcomer, deed):
    with pytest.raises(Denied):
        deed(actor=marketer, staff_id=newcomer.id, now=NOON)


def test_adding_a_colleague_gives_a_link(administrator):
    page = signed_in(administrator).post(
        "/desk/staff/new/",
        {"display_name": "方圆", "username": "fang.yuan", "roles": ["marketer"], "branch": ""},
    )

    assert "/desk/welcome/bank/#" in page.content.decode()
    assert Staff.objects.get(username="fang.yuan").roles == ["marketer"]


def test_a_taken_username_says_so_beside_the_field(committed_db, administrator, newcomer):
    page = signed_in(administrator).post(
        "/desk/staff/new/",
        {"display_name": "另一位", "username": "xin.ren", "roles": ["legal"], "branch": ""},
    )

    assert page.status_code == 409
    assert "field__error" in page.content.decode()


def test_the_list_finds_by_name_and_role(administrator, newcomer):
    browser = signed_in(administrator)

    by_name = browser.get("/desk/staff/?q=新").content.decode()
    by_role = browser.get("/desk/staff/?role=legal").content.decode()

    assert "xin.ren" in by_name
    assert "没有找到人员" in by_role


def test_a_closed_account_can_be_opened_again(administrator, newcomer):
    browser = signed_in(administrator)

    browser.post(f"/desk/staff/{newcomer.id}/close/")
    newcomer.refresh_from_db()
    closed = not newcomer.is_active
    browser.post(f"/desk/staff/{newcomer.id}/reopen/")
    newcomer.refresh_from_db()

    assert closed
    assert newcomer.is_active


def test_the_list_says_who_cannot_sign_in_yet(administrator, newcomer):
    """Somebody who had never taken up the invitation stood there as able to sign in."""
    page = signed_in(administrator).get("/desk/staff/?q=xin.ren").content.decode()

    assert "还不能登录" in page
