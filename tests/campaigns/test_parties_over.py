"""At a party that is over, every late move is a refusal with a code, never a fault (F41, F44)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.live import LiveCampaign
from campaigns.models import Party
from campaigns.parties import PartyExpired
from campaigns.usecases.parties import expire_parties
from kernel.actor import SYSTEM, Actor
from tests.campaigns.party_people import CUSTOMERS, a_phone, load_list, put_out_preset, the_party
from tests.cast import NOON
from tests.privacy.people import refused

LATER = NOON + timedelta(hours=49)


@pytest.fixture
def group(at_bank: UUID, marketer: Actor) -> LiveCampaign:
    live = put_out_preset("account_check_together", marketer)
    load_list(*CUSTOMERS)
    return live


@pytest.mark.parametrize("kind", ["alone", "join", "leave"])
def test_a_late_move_by_who_sat_there_is_refused(group: LiveCampaign, kind: str) -> None:
    phone = a_phone("a", "13800000001")
    at = phone.start(group)
    phone.move(group, at, "join")
    expire_parties(actor=SYSTEM, now=LATER)

    with refused(PartyExpired):
        phone.move(group, at, kind, now=LATER)

    assert the_party().status == Party.Status.EXPIRED
    assert phone.services() == []


def test_who_only_visited_a_party_that_expired_starts_anew(group: LiveCampaign) -> None:
    phone = a_phone("a", "13800000001")
    at = phone.start(group)
    expire_parties(actor=SYSTEM, now=LATER)

    with refused(PartyExpired):
        phone.move(group, at, "alone", now=LATER)
