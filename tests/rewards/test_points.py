"""F29. Points are kept in double-entry books whose only way out is a free service."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from kernel.actor import SYSTEM, Actor
from kernel.ids import new_id
from kernel.scope import scope
from ledger.queries import history_of
from rewards.models import PointBalance, PointMovement
from rewards.points import (
    NotEnoughPoints,
    books,
    lapse_points,
    points_held,
    points_of,
    spend_points,
    win_points,
)
from rewards.usecases import grant_benefit
from tests.cast import NOON
from tests.privacy.people import a_participant, refused
from tests.rewards.visits import a_benefit

CAMPAIGN = new_id()
LAPSE = NOON + timedelta(days=60)


def win(participant: Actor, amount: int = 10, occasion: str = "first day") -> bool:
    return win_points(
        actor=participant,
        participant_id=participant.id,
        campaign_id=CAMPAIGN,
        version_id=None,
        amount=amount,
        occasion=occasion,
        lapses_at=LAPSE,
        now=NOON,
    )


def a_service(participant: Actor, benefit_id: UUID, occasion: str = "exchange-1"):
    return grant_benefit(
        actor=participant,
        participant_id=participant.id,
        benefit_id=benefit_id,
        occasion=occasion,
        campaign_id=CAMPAIGN,
        version_id=None,
        now=NOON,
    )


def test_points_are_won_once_for_an_occasion(at_bank):
    participant = a_participant()

    first, second = win(participant), win(participant)

    assert (first, second) == (True, False)
    assert points_held(participant.id, CAMPAIGN) == 10
    entries = history_of("participant", participant.id).filter(verb="rewards.points_won")
    assert [entry.data for entry in entries] == [{"amount": 10, "occasion": "first day"}]


def test_points_become_a_service_and_nothing_else(at_bank, administrator):
    participant = a_participant()
    win(participant, 300)
    grant = a_service(participant, a_benefit(administrator).id)

    spent, again = (spend_points(actor=participant, grant=grant, amount=300, now=NOON) for _ in range(2))

    assert (spent, again) == (True, False)
    assert points_held(participant.id, CAMPAIGN) == 0
    lines = PointMovement.objects.filter(participant_id=participant.id).order_by("-at", "-id")
    assert [(line.kind, line.takes_from, line.gives_to) for line in lines] == [
        ("spent", "holder", "services"),
        ("won", "issuer", "holder"),
    ]


def test_nobody_spends_what_they_do_not_hold(at_bank, administrator):
    participant = a_participant()
    win(participant, 299)
    grant = a_service(participant, a_benefit(administrator).id)

    with refused(NotEnoughPoints):
        spend_points(actor=participant, grant=grant, amount=300, now=NOON)

    assert points_held(participant.id, CAMPAIGN) == 299


def test_the_books_always_sum_to_zero(at_bank, administrator):
    benefit = a_benefit(administrator)
    people = [a_participant() for _ in range(3)]
    for number, participant in enumerate(people):
        win(participant, 100 + number, "first day")
        win(participant, 50, "second day")
    spend_points(actor=people[0], grant=a_service(people[0], benefit.id), amount=120, now=NOON)

    lapse_points(actor=SYSTEM, now=LAPSE)
    kept = books()

    assert kept.issuer + kept.holders + kept.services == 0
    assert (kept.holders, kept.services) == (0, 120)


def test_points_lapse_on_the_published_day_and_not_before(at_bank):
    participant = a_participant()
    win(participant)

    early = lapse_points(actor=SYSTEM, now=LAPSE - timedelta(seconds=1))
    [held] = points_of(participant.id)
    ended = lapse_points(actor=SYSTEM, now=LAPSE)
    again = lapse_points(actor=SYSTEM, now=LAPSE + timedelta(days=1))

    assert (early, held.balance, held.lapses_at) == (0, 10, LAPSE)
    assert (ended, again) == (1, 0)
    assert points_of(participant.id) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "won", "takes_from": "issuer", "gives_to": "services"},
        {"kind": "spent", "takes_from": "holder", "gives_to": "services"},  # without a grant
        {"kind": "spent", "takes_from": "holder", "gives_to": "holder"},
        {"kind": "given", "takes_from": "holder", "gives_to": "issuer"},
        {"kind": "lapsed", "takes_from": "holder", "gives_to": "services"},
        {"kind": "won", "takes_from": "issuer", "gives_to": "holder", "amount": 0},
    ],
)
def test_the_database_knows_three_movements_and_no_fourth(at_bank, wrong):
    """No cash, no goods, no transfer, not even from a shell."""
    participant = a_participant()
    win(participant, 1000)
    line = {
        "amount": 5,
        "participant_id": participant.id,
        "campaign_id": CAMPAIGN,
        "occasion": "x",
        "at": NOON,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        PointMovement.objects.create(**{**line, "lapses_at": LAPSE, **wrong})


def test_the_books_have_no_column_for_money_goods_or_a_receiver():
    columns = {field.name for field in PointMovement._meta.get_fields()}

    assert columns == {
        "id", "institution_id", "kind", "takes_from", "gives_to", "amount", "participant", "campaign_id",
        "occasion", "grant", "lapses_at", "at",
    }  # fmt: skip


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE rewards_pointmovement SET amount = 1",
        "DELETE FROM rewards_pointmovement",
        "UPDATE rewards_pointbalance SET balance = 1000000",
        "DELETE FROM rewards_pointbalance",
        "INSERT INTO rewards_pointbalance (id) VALUES (gen_random_uuid())",
    ],
)
def test_lines_and_balances_cannot_be_touched(at_bank, deed):
    win(a_participant())

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)


def test_another_institution_sees_no_points(at_bank, insurer):
    participant = a_participant()
    win(participant)

    with scope(insurer.id):
        assert points_of(participant.id) == []
        assert books().holders == 0


def test_two_that_spend_at_once_never_spend_more_than_there_is(committed_db, at_bank, administrator):
    """The check holds between transactions that cannot see each other."""
    participant = a_participant()
    win(participant, 300)
    benefit = a_benefit(administrator)
    grants = [a_service(participant, benefit.id, f"exchange-{number}") for number in range(4)]
    gate, outcomes = threading.Barrier(len(grants)), []

    def spend(grant):
        try:
            with scope(at_bank):
                gate.wait(timeout=10)
                spend_points(actor=participant, grant=grant, amount=300, now=NOON)
            outcomes.append("spent")
        except (NotEnoughPoints, IntegrityError):
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=spend, args=[grant]) for grant in grants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["refused"] * 3 + ["spent"]
    assert points_held(participant.id, CAMPAIGN) == 0
    assert PointBalance.objects.filter(balance__lt=0).count() == 0
