"""F25: post × field × ownership, as it is by default and as an institution tightened it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kernel.errors import Denied
from ledger.models import Entry
from privacy.models import RevealRule
from privacy.queries import reveal_policy
from privacy.reveal_policy import DEFAULT, FIELDS, Reach, may_be_given, reach_of
from privacy.usecases import reveal_field, set_reveal_rule
from privacy.usecases.reveals import RuleTooWide
from rewards.usecases import reveal_for_appointment, take_appointment
from tenancy.roles import Role
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.privacy.people import refused
from tests.rewards.visits import a_booking

pytestmark = pytest.mark.django_db

MATRIX = [
    (role, field, owner, role == "compliance" or (role == "service" and owner))
    for role in Role
    for field in FIELDS
    for owner in (True, False)
]


@pytest.mark.parametrize(("role", "field", "owner", "allowed"), MATRIX)
def test_the_default_matrix(at_bank, officer, administrator, role, field, owner, allowed):
    participant, booking = a_booking(officer, administrator)
    reader = make_staff("some.one", role.value).actor
    visit = booking.appointment
    if owner:
        type(visit).objects.filter(pk=visit.pk).update(staff_id=reader.id)

    def read() -> str:
        if owner and role == "service":
            return reveal_for_appointment(
                actor=reader, appointment_id=visit.id, field=field, purpose="service", now=NOON
            )
        return reveal_field(
            actor=reader, participant_id=participant.id, field=field, purpose="complaint", now=NOON
        )

    if allowed:
        assert read() == {"name": "张三丰", "phone": "13800138000"}[field]
    else:
        with refused(Denied):
            read()


def test_an_institution_takes_a_right_away_and_gives_it_back(at_bank, officer, administrator, clerk):
    _, booking = a_booking(officer, administrator)
    visit = booking.appointment.id
    take_appointment(actor=clerk, appointment_id=visit, now=NOON)
    wish = {"actor": clerk, "appointment_id": visit, "purpose": "service", "now": NOON}

    set_reveal_rule(actor=officer, role="service", field="name", reach="none", now=NOON)
    with refused(Denied):
        reveal_for_appointment(**wish, field="name")
    assert reveal_for_appointment(**wish, field="phone") == "13800138000"

    set_reveal_rule(actor=officer, role="service", field="name", reach="own", now=NOON)
    assert reveal_for_appointment(**wish, field="name") == "张三丰"
    assert Entry.objects.filter(verb="privacy.reveal_rule_set").count() == 2


@pytest.mark.parametrize(
    ("role", "field", "reach"),
    [("service", "phone", "any"), ("marketer", "phone", "own"), ("administrator", "name", "any"),
     ("compliance", "identity", "any"), ("compliance", "phone", "everything")],
)  # fmt: skip
def test_no_rule_can_widen(at_bank, officer, role, field, reach):
    with refused(RuleTooWide):
        set_reveal_rule(actor=officer, role=role, field=field, reach=reach, now=NOON)


@pytest.mark.parametrize(("role", "reach"), [("service", "any"), ("marketer", "own"), ("compliance", "own")])
def test_nor_can_the_database_hold_a_wider_one(at_bank, role, reach):
    with pytest.raises(IntegrityError), transaction.atomic():
        RevealRule.objects.create(role=role, field="phone", reach=reach, set_at=NOON)


def test_only_the_privacy_desk_sets_rules(at_bank, administrator, clerk):
    for someone in (administrator, clerk):
        with refused(Denied):
            set_reveal_rule(actor=someone, role="service", field="phone", reach="none", now=NOON)


def test_the_boxes_of_the_page_set_what_changed_and_nothing_else(at_bank, officer):
    desk = signed_in(officer)

    desk.post(
        reverse("privacy:reveal_rules"),
        {"compliance-name": "on", "compliance-phone": "on", "service-phone": "on"},
    )

    assert [(rule.role, rule.field, rule.reach) for rule in RevealRule.objects.all()] == [
        ("service", "name", "none")
    ]
    assert reveal_policy()["service", "phone"] is Reach.OWN
    assert "自己接待的客户" in desk.get(reverse("privacy:overview")).content.decode()


def test_the_farthest_of_several_posts_counts():
    assert reach_of({"service", "compliance"}, "phone", DEFAULT) is Reach.ANY
    assert reach_of({"marketer"}, "phone", DEFAULT) is Reach.NONE
    assert reach_of(set(), "phone", DEFAULT) is Reach.NONE
    assert not may_be_given("service", "phone", "any")
