"""One administrator cannot sign in as a reviewer by resetting the reviewer's sign-in: W3."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from django.urls import reverse

from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound
from kernel.scope import scope
from ledger.models import Entry
from tenancy import access
from tenancy.access import InvitationSpent, accept_invitation, invite_staff
from tenancy.colleagues import change_roles, clear_second_factor, close_access
from tenancy.confirming import RESETS, AskerLeft, OwnRequest, ask_reset, confirm_request, drop_request
from tenancy.models import AccessRequest, Institution, Invitation, Staff, StaffNotice, TotpDevice
from tenancy.second_person import NeedsSecondPerson, waiting_for
from tests.cast import NOON, make_staff
from tests.desk import signed_in

OLD, NEW = "guan-shan-yue-2026", "Jian-jia-cang-cang-88"


def with_a_password(staff: Staff) -> Staff:
    staff.set_password(OLD)
    staff.save(update_fields=["password"])
    sealed = access.propose_secret(staff, now=NOON)
    TotpDevice.objects.create(id=staff.id, staff=staff, sealed_secret=sealed, confirmed_at=NOON)
    return staff


@pytest.fixture
def reviewer(administrator: Actor) -> Staff:
    """Reviews, and has a password and an authenticator."""
    return with_a_password(make_staff("shen.he", "compliance", display_name="审核"))


@pytest.fixture
def second(administrator: Actor) -> Actor:
    return make_staff("fu.guan", "administrator", display_name="副管").actor


def test_one_administrator_takes_over_no_reviewer(administrator: Actor, reviewer: Staff) -> None:
    with pytest.raises(NeedsSecondPerson):
        invite_staff(actor=administrator, staff_id=reviewer.id, now=NOON)
    with pytest.raises(NeedsSecondPerson):
        clear_second_factor(actor=administrator, staff_id=reviewer.id, now=NOON)
    for what in sorted(RESETS):
        asked = ask_reset(actor=administrator, staff_id=reviewer.id, what=what, now=NOON)
        with pytest.raises(OwnRequest):
            confirm_request(actor=administrator, request_id=asked.id, now=NOON)
        with pytest.raises(DatabaseError, match="second_person"), transaction.atomic():
            AccessRequest.objects.update(status="confirmed", settled_by_id=administrator.id, settled_at=NOON)

    assert not Invitation.objects.filter(staff=reviewer).exists()
    assert TotpDevice.objects.filter(staff=reviewer).exists()


def test_a_second_administrator_confirms_each_reset_on_its_own(
    administrator: Actor, second: Actor, reviewer: Staff
) -> None:
    """The link leaves the authenticator bound; whoever only writes is helped in one step as before."""
    password = ask_reset(actor=administrator, staff_id=reviewer.id, what="password", now=NOON)
    factor = ask_reset(actor=administrator, staff_id=reviewer.id, what="second_factor", now=NOON)

    _, token = confirm_request(actor=second, request_id=password.id, now=NOON)
    accept_invitation(actor=SYSTEM, token=token, password=NEW, now=NOON)
    assert Staff.of(reviewer.id).check_password(NEW)
    assert TotpDevice.objects.filter(staff=reviewer).exists()
    confirm_request(actor=second, request_id=factor.id, now=NOON)

    assert not TotpDevice.objects.filter(staff=reviewer).exists()
    invited = Entry.objects.get(verb="tenancy.staff_invited")
    assert (invited.actor_id, invited.data["asked_by"]) == (second.id, str(administrator.id))
    with pytest.raises(NotFound):
        confirm_request(actor=second, request_id=password.id, now=NOON)
    writer = with_a_password(make_staff("bi.zhe", "marketer"))
    assert invite_staff(actor=administrator, staff_id=writer.id, now=NOON)
    clear_second_factor(actor=administrator, staff_id=writer.id, now=NOON)


def test_a_link_kept_from_before_the_post_lapses_with_it(administrator: Actor, second: Actor) -> None:
    """Otherwise an administrator would make the link first and have the post confirmed afterwards."""
    writer = with_a_password(make_staff("bi.zhe", "marketer"))
    token = invite_staff(actor=administrator, staff_id=writer.id, now=NOON)
    change_roles(actor=administrator, staff_id=writer.id, roles=["marketer", "legal"], now=NOON)
    waiting = waiting_for(writer.id).get()

    confirm_request(actor=second, request_id=waiting.id, now=NOON)

    with pytest.raises(InvitationSpent):
        accept_invitation(actor=SYSTEM, token=token, password=NEW, now=NOON)


def test_taking_the_post_away_first_makes_no_way_around(administrator: Actor, reviewer: Staff) -> None:
    """Otherwise: take it away, set the password, have the post confirmed again for the same name."""
    change_roles(actor=administrator, staff_id=reviewer.id, roles=["service"], now=NOON)

    with pytest.raises(NeedsSecondPerson):
        invite_staff(actor=administrator, staff_id=reviewer.id, now=NOON)


def test_what_somebody_asked_who_is_no_administrator_any_more_is_not_confirmed(
    administrator: Actor, second: Actor, reviewer: Staff
) -> None:
    third = make_staff("san.guan", "administrator").actor
    change_roles(actor=third, staff_id=reviewer.id, roles=["compliance", "legal"], now=NOON)
    post = waiting_for(reviewer.id).get()
    reset = ask_reset(actor=third, staff_id=reviewer.id, what="password", now=NOON)
    close_access(actor=administrator, staff_id=third.id, now=NOON)

    for asked in (post, reset):
        for confirmer in (second, SYSTEM):
            with pytest.raises(AskerLeft):
                confirm_request(actor=confirmer, request_id=asked.id, now=NOON + timedelta(minutes=1))


def test_a_house_with_one_administrator_is_told_how_and_the_operator_confirms(
    administrator: Actor, reviewer: Staff, bank: Institution
) -> None:
    browser, page = signed_in(administrator), reverse("tenancy:colleague", args=[reviewer.id])
    told = browser.post(reverse("tenancy:staff_invite", args=[reviewer.id]), follow=True).content.decode()
    assert "须另一位管理员确认" in told
    assert "confirm_request" in told
    assert "确认重置" not in browser.get(page).content.decode()

    out = StringIO()
    call_command("confirm_request", institution=bank.slug, username="shen.he", what="password", stdout=out)

    token = out.getvalue().rpartition(": ")[2].strip()
    accept_invitation(actor=SYSTEM, token=token, password=NEW, now=NOON)
    assert AccessRequest.objects.get().by_operator
    with pytest.raises(CommandError):
        call_command(
            "confirm_request", institution=bank.slug, username="shen.he", what="password", stdout=out
        )


def test_the_second_administrator_is_told_and_confirms_on_the_page(
    administrator: Actor, second: Actor, reviewer: Staff, outsider: Actor, insurer: Institution
) -> None:
    signed_in(administrator).post(reverse("tenancy:staff_invite", args=[reviewer.id]))
    signed_in(administrator).post(reverse("tenancy:staff_clear", args=[reviewer.id]))
    password, factor = waiting_for(reviewer.id)
    told = StaffNotice.objects.filter(kind="staff.reset_asked")
    assert {one.recipient_id for one in told} == {second.id}
    confirm = reverse("tenancy:request_confirm", args=[password.id])
    assert signed_in(outsider).post(confirm).status_code == 404
    with scope(insurer.id), pytest.raises(NotFound):
        drop_request(actor=outsider, request_id=password.id, now=NOON)

    browser: Browser = signed_in(second)
    assert "确认重置" in browser.get(reverse("tenancy:colleague", args=[reviewer.id])).content.decode()
    page = browser.post(confirm).content.decode()
    browser.post(reverse("tenancy:request_drop", args=[factor.id]))

    assert "/desk/welcome/bank/#" in page
    assert not waiting_for(reviewer.id).exists()
    assert TotpDevice.objects.filter(staff=reviewer).exists()
