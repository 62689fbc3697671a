"""A bank whose quiz is out, in a database with real commits: only committed entries are counted."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from analytics.usecases.projections import advance_projection
from campaigns.live import LiveCampaign, forget_live
from campaigns.models import Campaign
from kernel.actor import SYSTEM, Actor
from kernel.scope import scope
from tenancy.models import Staff
from tests.analytics.crowd import Crowd
from tests.campaigns.conftest import bank_with_live_quiz
from tests.cast import NOON, make_staff


@dataclass
class Floor:
    """The scope's institution, its live quiz, and who works there."""

    institution_id: UUID
    live: LiveCampaign

    @property
    def campaign(self) -> Campaign:
        found: Campaign = Campaign.objects.get(pk=self.live.id)
        return found

    @property
    def marketer(self) -> Actor:
        return Staff.objects.filter(roles__contains=["marketer"]).order_by("id")[0].actor

    @property
    def officer(self) -> Actor:
        """Whoever of compliance there is: the one who approved the quiz."""
        return Staff.objects.filter(roles__contains=["compliance"]).order_by("id")[0].actor

    def crowd(self, participants: int, seed: int = 1) -> Crowd:
        """So many simulated people have come in the week before noon."""
        crowd = Crowd([self.live.id], random.Random(seed), NOON - timedelta(days=7))
        with transaction.atomic():
            crowd.play(participants)
        return crowd


@pytest.fixture
def floor(committed_db: str) -> Iterator[Floor]:
    institution_id, live = bank_with_live_quiz()
    with scope(institution_id):
        yield Floor(institution_id, live)
    forget_live()


@pytest.fixture
def clerk_at_floor(floor: Floor) -> Actor:
    return make_staff("qian.fu", "service").actor


def until_settled(seconds: float = 240) -> None:
    """Wait for transactions of other databases on the shared server: they hold the settled line back."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        mine = cursor.fetchone()[0]
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8", [mine])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise TimeoutError


def catch_up(limit: int = 2000, projection: str = "figures") -> int:
    """Fold everything that was committed; how many entries that was."""
    until_settled()
    return fold(limit, projection)


def fold(limit: int = 2000, projection: str = "figures") -> int:
    """Fold what is settled by now."""
    total = 0
    while done := advance_projection(actor=SYSTEM, projection=projection, now=NOON, limit=limit):
        total += done
    return total
