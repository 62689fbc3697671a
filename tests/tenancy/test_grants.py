"""One administrator cannot make a reviewer alone: W3 holds for whoever hands out the posts, too."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from kernel.actor import Actor
from kernel.errors import Denied, NotFound
from kernel.scope import scope
from ledger.models import Entry
from tenancy import posts_sql
from tenancy.colleagues import change_roles
from tenancy.confirming import OwnRequest, confirm_request, drop_request
from tenancy.models import AccessRequest, Institution, Staff, StaffNotice
from tenancy.second_person import GUARDED, waiting_for
from tenancy.usecases import add_staff
from tests.cast import NOON, make_staff
from tests.desk import signed_in


@pytest.fixture
def colleague(administrator: Actor) -> Staff:
    """Added by the administrator as a marketer and, so the administrator would like, as compliance."""
    return add_staff(
        actor=administrator,
        username="xin.ren",
        display_name="新人",
        roles=["marketer", "compliance"],
        now=NOON,
    )


@pytest.fixture
def second(administrator: Actor) -> Actor:
    return make_staff("fu.guan", "administrator", display_name="副管").actor


def test_every_post_that_decides_or_reads_customers_and_the_administrators_own_are_guarded() -> None:
    deciding = {"compliance", "consumer_protection", "creative", "legal", "operations"}
    assert deciding | {"administrator", "auditor", "service"} == GUARDED == set(posts_sql.GUARDED_READERS)


def test_a_post_that_decides_waits_for_a_second_administrator(
    administrator: Actor, second: Actor, colleague: Staff, marketer: Actor
) -> None:
    waiting = waiting_for(colleague.id).get()
    assert (colleague.roles, waiting.roles) == (["marketer"], ["compliance"])
    for nobody, refusal in ((administrator, OwnRequest), (marketer, Denied)):
        with pytest.raises(refusal):
            confirm_request(actor=nobody, request_id=waiting.id, now=NOON)

    confirm_request(actor=second, request_id=waiting.id, now=NOON)

    assert Staff.of(colleague.id).roles == ["compliance", "marketer"]
    changed = Entry.objects.get(verb="tenancy.roles_changed")
    assert (changed.actor_id, changed.data["asked_by"]) == (second.id, str(administrator.id))
    with pytest.raises(NotFound):
        confirm_request(actor=second, request_id=waiting.id, now=NOON)


def test_an_accomplice_made_administrator_alone_confirms_nothing(
    administrator: Actor, colleague: Staff
) -> None:
    """The administrator's own post is guarded, too; taking a post away is not."""
    change_roles(actor=administrator, staff_id=colleague.id, roles=["administrator"], now=NOON)

    waiting = waiting_for(colleague.id).get()
    assert (Staff.of(colleague.id).roles, waiting.roles) == ([], ["administrator"])
    assert AccessRequest.objects.filter(status="dropped").count() == 1
    drop_request(actor=administrator, request_id=waiting.id, now=NOON)
    assert not waiting_for(colleague.id)


def test_the_database_holds_the_second_person(administrator: Actor, colleague: Staff) -> None:
    for settled_by in (administrator.id, colleague.id):
        with pytest.raises(DatabaseError, match="second_person"), transaction.atomic():
            AccessRequest.objects.update(status="confirmed", settled_by_id=settled_by, settled_at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_accessrequest SET roles = '{legal}'")


def test_plain_sql_settles_no_request_a_second_time(administrator: Actor, colleague: Staff) -> None:
    """W3: what was dropped is not confirmed afterwards, nor what was confirmed asked for again."""
    waiting = waiting_for(colleague.id).get()
    drop_request(actor=administrator, request_id=waiting.id, now=NOON)

    for status in ("asked", "confirmed"):
        with pytest.raises(DatabaseError, match="is settled"), transaction.atomic():
            AccessRequest.objects.update(status=status, by_operator=True)


def test_a_house_with_one_administrator_is_told_how_and_the_operator_confirms(
    administrator: Actor, colleague: Staff, bank: Institution
) -> None:
    page = signed_in(administrator).get(reverse("tenancy:colleague", args=[colleague.id])).content.decode()
    assert "confirm_request" in page
    assert "确认授予" not in page

    out = StringIO()
    call_command("confirm_request", institution=bank.slug, username="xin.ren", what="roles", stdout=out)

    assert "compliance" in out.getvalue()
    assert AccessRequest.objects.get().by_operator
    with pytest.raises(CommandError):
        call_command("confirm_request", institution=bank.slug, username="xin.ren", what="roles", stdout=out)


def test_the_second_administrator_is_told_and_confirms_on_the_page(
    administrator: Actor, second: Actor, outsider: Actor, insurer: Institution
) -> None:
    newcomer = make_staff("lai.zhe", "service", display_name="来者")
    browser = signed_in(administrator)
    browser.post(reverse("tenancy:staff_roles", args=[newcomer.id]), {"roles": ["service", "legal"]})
    waiting = waiting_for(newcomer.id).get()
    confirm = reverse("tenancy:request_confirm", args=[waiting.id])
    assert list(StaffNotice.objects.values_list("recipient_id", "kind")) == [(second.id, "staff.roles_asked")]
    browser.post(confirm)
    assert Staff.of(newcomer.id).roles == ["service"]
    assert signed_in(outsider).post(confirm).status_code == 404
    with scope(insurer.id), pytest.raises(NotFound):
        drop_request(actor=outsider, request_id=waiting.id, now=NOON)

    page = signed_in(second).get(reverse("tenancy:colleague", args=[newcomer.id])).content.decode()
    signed_in(second).post(confirm)

    assert "确认授予" in page
    assert Staff.of(newcomer.id).roles == ["legal", "service"]
