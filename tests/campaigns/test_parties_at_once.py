"""F18, F19. Many hands and a killed worker: one second seat, both services or none."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from campaigns.live import LiveCampaign
from campaigns.models import Party, PartyMember
from campaigns.usecases import Played
from kernel.errors import DomainError
from kernel.scope import scope
from ledger.models import Entry
from rewards.models import Grant
from tests.campaigns.party_people import CUSTOMERS, a_phone, bank_with, right_answers, the_party
from tests.services import ROOT

HANDS = 24


@pytest.fixture
def group(committed_db: str) -> tuple[UUID, LiveCampaign]:
    return bank_with("account_check_together")


def at_once(institution_id: UUID, deeds: list[Callable[[], Any]]) -> list[Any]:
    """Each deed in a thread of its own; a refusal is an outcome too."""

    def one(deed: Callable[[], Any]) -> Any:
        try:
            with scope(institution_id):
                return deed()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=12) as pool:
        return list(pool.map(one, deeds))


def test_of_many_who_join_at_once_one_gets_the_seat(group: tuple[UUID, LiveCampaign]) -> None:
    """F18: a race of joiners; everyone else is told the group is full."""
    institution_id, live = group
    with scope(institution_id):
        first = a_phone("first", "13800000099")
        first.move(live, first.start(live), "join")
        link = the_party().invitation
        others = [a_phone(f"phone-{number}", f"138000000{number:02d}") for number in range(HANDS)]
        places = [other.start(live, link) for other in others]

    outcomes = at_once(
        institution_id,
        [
            lambda other=other, at=at: other.move(live, at, "join")
            for other, at in zip(others, places, strict=True)
        ],
    )

    played = [outcome for outcome in outcomes if isinstance(outcome, Played)]
    refused = {getattr(outcome, "code", "") for outcome in outcomes if not isinstance(outcome, Played)}
    with scope(institution_id):
        assert len(played) == 1
        assert refused <= {"party_full", "party_over"}
        assert PartyMember.objects.filter(state="seated").count() == 2
        assert Grant.objects.count() == 2
        assert Entry.objects.filter(verb="rewards.granted").count() == 2


def test_one_tap_from_many_tabs_opens_one_party_and_grants_once(group: tuple[UUID, LiveCampaign]) -> None:
    institution_id, live = group
    with scope(institution_id):
        alone = a_phone("alone", "13800000001")

    started = at_once(institution_id, [lambda: alone.start(live)] * HANDS)
    at_once(institution_id, [lambda: alone.move(live, started[0], "alone")] * HANDS)

    with scope(institution_id):
        assert len({at.playing.play_id for at in started}) == 1
        assert Party.objects.count() == 1
        assert alone.services() == ["account_check"]


def test_one_person_on_two_phones_at_once_sits_once(group: tuple[UUID, LiveCampaign]) -> None:
    """Two parties, two devices, one number: the constraint knows, whatever came between."""
    institution_id, live = group
    with scope(institution_id):
        phones = [a_phone(f"phone-{number}", "13800000001") for number in range(6)]
        places = [phone.start(live) for phone in phones]

    outcomes = at_once(
        institution_id,
        [
            lambda phone=phone, at=at: phone.move(live, at, "alone")
            for phone, at in zip(phones, places, strict=True)
        ],
    )

    codes = [getattr(outcome, "code", "played") for outcome in outcomes]
    assert sorted(codes) == ["already_seated"] * 5 + ["played"]
    with scope(institution_id):
        assert Grant.objects.count() == 1


def test_the_last_answer_from_many_tabs_earns_once_for_each_side(committed_db: str) -> None:
    institution_id, live = bank_with("existing_helps_new")
    with scope(institution_id):
        helper, newcomer = a_phone("a", CUSTOMERS[0]), a_phone("b", "13800000001")
        helper.move(live, helper.start(live), "join")
        at = newcomer.start(live, the_party().invitation)
        newcomer.move(live, at, "join")
        *before, (question, option) = right_answers(live)
        for asked, chosen in before:
            newcomer.move(live, at, "answer", question=asked, option=chosen)

    at_once(
        institution_id,
        [lambda: newcomer.move(live, at, "answer", question=question, option=option)] * HANDS,
    )

    with scope(institution_id):
        assert helper.services() == ["portfolio_consult"]
        assert newcomer.services() == ["entry_consult"]


def test_a_worker_killed_between_the_two_grants_leaves_none_and_a_retry_gives_both(
    committed_db: str,
) -> None:
    """F19: kill -9 in the middle; both or neither."""
    institution_id, live = bank_with("account_check_together")
    with scope(institution_id):
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        first.move(live, first.start(live), "join")
        at = second.start(live, the_party().invitation)
    connections.close_all()

    killed = _run_and_die(committed_db, institution_id, live.code, at.playing.play_id, second.actor.id)
    with scope(institution_id):
        halfway = (
            Grant.objects.count(),
            the_party().status,
            PartyMember.objects.filter(seat="second").get().state,
        )
        second.move(live, at, "join")

        assert killed == -9
        assert halfway == (0, "open", "visiting")
        assert first.services() == second.services() == ["account_check"]


def _run_and_die(database: str, institution_id: UUID, code: str, party_id: UUID, participant_id: UUID) -> int:
    """The joining move in a process of its own that is killed after the first of two grants."""
    script = f"""
        import os, signal
        import django
        django.setup()
        from uuid import UUID
        from campaigns.games.base import Move
        from campaigns.parties import Device
        from campaigns.usecases import parties, party_steps
        from kernel.actor import Actor
        from kernel.scope import scope
        from rewards.models import Grant
        from tests.cast import NOON

        granting = party_steps.grant_benefit
        def grant_then_die(**wanted):
            if Grant.objects.exists():
                os.kill(os.getpid(), signal.SIGKILL)
            return granting(**wanted)
        party_steps.grant_benefit = grant_then_die

        with scope(UUID("{institution_id}")):
            parties.move_party(
                actor=Actor(kind="participant", id=UUID("{participant_id}")), code="{code}",
                party_id=UUID("{party_id}"), move=Move("join"), device=Device(b"b", b"b", True), now=NOON,
            )
    """
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        environment[name] = environment[name].rpartition("/")[0] + f"/{database}"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, env=environment, timeout=60, check=False
    )
    return done.returncode
