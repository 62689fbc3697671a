"""What is asked of the scratch database: pages, counts and jobs that a large institution feels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import connection

from analytics.models import Lead
from analytics.queries.counts import counted, deed_counts
from analytics.queries.leads import leads, page_of_leads, rows_of
from analytics.queries.trail import Wanted, trail
from analytics.reports.base import Basis
from analytics.reports.compliance import PROTECTION
from analytics.reports.effect import EffectReport
from campaigns.models import Campaign
from kernel.actor import SYSTEM, Actor
from kernel.scope import scope
from ledger.queries import Position, settled_position
from ledger.sealing import _stretch
from ledger.verbs import FAMILIES
from privacy.models import KeyRotation
from privacy.usecases import continue_rotation, start_rotation
from rewards.queries import appointments_within, catalogue_with_counts, visit_lines
from tenancy.models import Staff
from tenancy.roles import Role
from tests.bench.ground import Target

Question = tuple[str, Callable[[], Any], int]
BATCHES = 20


def QUESTIONS(target: Target) -> Iterator[Question]:  # noqa: N802 - a table that needs a database
    """Name, question, how often; 0 for the usual."""
    with scope(target.institution):
        now = datetime.now(tz=UTC)
        last = settled_position()
        basis = Basis(now, last, seconds=600)
        seal = (Position(last.transaction - 2000), Position(last.transaction - 640, 1))
        yield "a seal's stretch of the ledger", lambda: list(_stretch(*seal)), 0
        for family in FAMILIES:
            yield f"ledger explorer: {family}", lambda family=family: trail(Wanted(verb=family)), 0
        yield "ledger explorer: all", lambda: trail(Wanted()), 0
        yield "ledger explorer: a colleague", lambda: trail(Wanted(actor_id=_colleague().id)), 0
        yield "ledger explorer: the campaign", lambda: trail(Wanted(campaign_id=target.campaign)), 0
        yield "benefits page", lambda: list(catalogue_with_counts()), 0
        yield "leads: first page", lambda: _page(None), 0
        oldest = Lead.objects.order_by("declared_at", "id")[10]
        yield "leads: last page", lambda: _page((oldest.declared_at, oldest.id)), 0
        yield "appointments: first page of seven days", lambda: _appointments(now, 1), 0
        yield "appointments: last page of seven days", lambda: _appointments(now, 0), 0
        yield "report: stages, channels, answers", lambda: counted(target.campaign, basis), 1
        began = now - timedelta(days=60)
        yield (
            "report: deeds",
            lambda: deed_counts(target.campaign, basis, PROTECTION, began),
            1,
        )
        campaign = Campaign.of(target.campaign)
        yield "report: effect", lambda: EffectReport().compute(campaign, basis, []), 1
        yield from _rotation()


def _rotation() -> Iterator[Question]:
    """Batches at the beginning, and where half the rows are behind."""
    administrator = Staff.objects.filter(roles__contains=[Role.ADMINISTRATOR.value])[0]
    running: KeyRotation | None = KeyRotation.objects.filter(purpose="seal", finished_at=None).first()
    actor = Actor("staff", administrator.id, frozenset(administrator.roles))
    rotation = running or start_rotation(actor=actor, purpose="seal", now=datetime.now(tz=UTC))

    def move() -> None:
        continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=datetime.now(tz=UTC))

    yield "key rotation: 500 rows, the first", move, BATCHES
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE privacy_keyrotation SET walked_table = %s, walked_to = ("
            " SELECT id FROM privacy_participant ORDER BY id OFFSET 500000 LIMIT 1) WHERE id = %s",
            ["privacy_participant.wrapped_key", rotation.id],
        )
    yield "key rotation: 500 rows, after half a million", move, BATCHES


def _page(after: tuple[datetime, UUID] | None) -> list[Any]:
    return rows_of(page_of_leads(leads(), after=after, size=20).leads)


def _appointments(now: datetime, number: int) -> list[Any]:
    pages = Paginator(appointments_within(since=now, until=now + timedelta(days=7)), 50)
    return visit_lines(pages.page(number or pages.num_pages).object_list)


def _colleague() -> Staff:
    found: Staff = Staff.objects.order_by("id")[0]
    return found
