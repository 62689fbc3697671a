"""What waits for a second administrator is confirmed by one other, once, and not weeks later: W3."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, transaction
from django.urls import reverse

from kernel.actor import SYSTEM, Actor
from kernel.errors import BadRequest, NotFound
from kernel.scope import scope
from ledger.models import Entry
from tenancy.colleagues import NotOnOneself, change_roles
from tenancy.confirming import OwnRequest, RequestLapsed, ask_reset, confirm_request, drop_request
from tenancy.models import AccessRequest, Invitation, Staff, StaffNotice
from tenancy.second_person import STANDS_FOR, waiting_for
from tests.cast import NOON, make_staff
from tests.desk import signed_in

pytestmark = pytest.mark.usefixtures("administrator")


@pytest.fixture
def reviewer(at_bank: UUID) -> Staff:
    """Reviews, and has signed in before."""
    staff = make_staff("shen.he", "compliance", display_name="审核")
    staff.set_password("guan-shan-yue-2026")
    staff.save(update_fields=["password"])
    return staff


@pytest.fixture
def second(at_bank: UUID) -> Actor:
    return make_staff("fu.guan", "administrator", display_name="副管").actor


def each_kind(asker: Actor, staff: Staff) -> list[AccessRequest]:
    """A post, a new password and an unbound authenticator, all asked for by one administrator."""
    change_roles(actor=asker, staff_id=staff.id, roles=[*staff.roles, "legal"], now=NOON)
    for what in ("password", "second_factor"):
        ask_reset(actor=asker, staff_id=staff.id, what=what, now=NOON)
    waiting = list(waiting_for(staff.id))
    assert [one.what for one in waiting] == ["password", "roles", "second_factor"]
    return waiting


def test_neither_who_asked_nor_whom_it_is_for_confirms_any_of_it(
    administrator: Actor, reviewer: Staff
) -> None:
    """W3: not even a colleague who became an administrator since."""
    promoted = Actor(kind="staff", id=reviewer.id, roles=frozenset({"administrator"}))

    for asked in each_kind(administrator, reviewer):
        for nobody in (administrator, promoted):
            with pytest.raises(OwnRequest):
                confirm_request(actor=nobody, request_id=asked.id, now=NOON)

    assert waiting_for(reviewer.id).count() == 3


def test_a_request_of_two_weeks_ago_is_asked_anew_not_confirmed(
    administrator: Actor, second: Actor, reviewer: Staff
) -> None:
    """W3: neither an administrator, nor the operator, nor plain SQL confirms what nobody remembers."""
    later = NOON + STANDS_FOR
    for asked in each_kind(administrator, reviewer):
        for confirmer in (second, SYSTEM):
            with pytest.raises(RequestLapsed):
                confirm_request(actor=confirmer, request_id=asked.id, now=later)
    with pytest.raises(DatabaseError, match="in_time"), transaction.atomic():
        AccessRequest.objects.update(status="confirmed", by_operator=True, settled_at=later)

    anew = ask_reset(actor=administrator, staff_id=reviewer.id, what="password", now=later)
    _, token = confirm_request(actor=second, request_id=anew.id, now=later + timedelta(days=1))

    assert token


def test_the_page_of_a_lapsed_request_says_so_and_offers_to_drop_it_only(
    administrator: Actor, second: Actor, reviewer: Staff
) -> None:
    long_ago = NOON - STANDS_FOR - timedelta(days=1)
    asked = ask_reset(actor=administrator, staff_id=reviewer.id, what="password", now=long_ago)

    page = signed_in(second).get(reverse("tenancy:colleague", args=[reviewer.id])).content.decode()

    assert "申请已过期" in page
    assert reverse("tenancy:request_drop", args=[asked.id]) in page
    assert reverse("tenancy:request_confirm", args=[asked.id]) not in page


def test_what_was_settled_rings_no_bell_any_more(
    administrator: Actor, second: Actor, reviewer: Staff
) -> None:
    """F74: each notice falls with its own request, confirmed, dropped or asked anew."""
    password, post, factor = each_kind(administrator, reviewer)
    unread = StaffNotice.objects.filter(recipient_id=second.id, read_at=None)
    assert unread.count() == 3

    confirm_request(actor=second, request_id=post.id, now=NOON)
    drop_request(actor=second, request_id=factor.id, now=NOON)
    anew = ask_reset(actor=administrator, staff_id=reviewer.id, what=password.what, now=NOON)

    assert [notice.source_id for notice in unread] == [anew.id]


def test_nothing_but_a_colleagues_sign_in_is_asked_to_be_reset(administrator: Actor, reviewer: Staff) -> None:
    with pytest.raises(NotOnOneself):
        ask_reset(actor=administrator, staff_id=administrator.id, what="password", now=NOON)
    for what in ("roles", "everything"):
        with pytest.raises(BadRequest):
            ask_reset(actor=administrator, staff_id=reviewer.id, what=what, now=NOON)


def test_two_administrators_confirming_at_once_have_one_effect(
    committed_db: None, administrator: Actor, second: Actor, reviewer: Staff, at_bank: UUID
) -> None:
    """W3: one invitation, one line in the ledger; the other is told that nothing waits."""
    third = make_staff("san.guan", "administrator").actor
    asked = ask_reset(actor=administrator, staff_id=reviewer.id, what="password", now=NOON)
    together = Barrier(2)

    def confirm(who: Actor) -> str:
        try:
            with scope(at_bank):
                together.wait(timeout=10)
                return confirm_request(actor=who, request_id=asked.id, now=NOON)[1]
        except NotFound:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as both:
        tokens = list(both.map(confirm, (second, third)))

    assert sorted(map(bool, tokens)) == [False, True]
    assert Invitation.objects.filter(staff=reviewer).count() == 1
    assert Entry.objects.filter(verb="tenancy.staff_invited").count() == 1
