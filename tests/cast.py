"""The cast: two institutions and the people every test may call on, by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from kernel.actor import SYSTEM, Actor
from kernel.ids import new_id
from kernel.scope import scope
from kernel.timekeeping import SHANGHAI
from tenancy.models import Institution, Staff
from tenancy.scope import forget_institutions
from tenancy.usecases import add_staff, open_institution

# Noon in Shanghai today: far from midnight, and on the same day as the database's own clock.
NOON: datetime = timezone.now().astimezone(SHANGHAI).replace(hour=12, minute=0, second=0, microsecond=0)
ONE_DAY = timedelta(days=1)


def make_institution(slug: str, name: str, name_en: str, sector: str) -> Institution:
    with scope(new_id()):
        return open_institution(
            actor=SYSTEM,
            slug=slug,
            name=name,
            name_en=name_en,
            sector=sector,
            hotline="400-000-0000",
            complaint_phone="400-000-0001",
            brand={"color": "#0b6e4f", "mark": "合"},
            licence="示范",
            now=NOON,
        )


def make_staff(username: str, *roles: str, display_name: str = "") -> Staff:
    """A colleague of the open scope's institution; whoever audits, until a day."""
    return add_staff(
        actor=SYSTEM,
        username=username,
        display_name=display_name or username,
        roles=roles,
        access_until=NOON + 90 * ONE_DAY if "auditor" in roles else None,
        now=NOON,
    )


@pytest.fixture
def ground(request: pytest.FixtureRequest) -> None:
    """A database: with real commits where the test asks for ``committed_db``, rolled back otherwise."""
    committed = "committed_db" in request.fixturenames
    request.getfixturevalue("committed_db" if committed else "db")
    forget_institutions()


@pytest.fixture
def bank(ground: None) -> Institution:
    return make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")


@pytest.fixture
def insurer(ground: None) -> Institution:
    return make_institution("insurer", "安心示范保险", "Anxin Demo Insurance", "insurance")


@pytest.fixture
def at_bank(bank: Institution) -> Iterator[UUID]:
    """The bank's scope is open for the whole test."""
    with scope(bank.id) as institution_id:
        yield institution_id


@pytest.fixture
def marketer(at_bank: UUID) -> Actor:
    return make_staff("lin.yue", "marketer", display_name="林悦").actor


@pytest.fixture
def officer(at_bank: UUID) -> Actor:
    """A compliance officer who is nobody's author."""
    return make_staff("zhou.heng", "compliance", display_name="周衡").actor


@pytest.fixture
def legal(at_bank: UUID) -> Actor:
    return make_staff("han.lu", "legal", display_name="韩律").actor


@pytest.fixture
def clerk(at_bank: UUID) -> Actor:
    """Service staff at a branch."""
    return make_staff("qian.fu", "service", display_name="钱服").actor


@pytest.fixture
def auditor(at_bank: UUID) -> Actor:
    return make_staff("shen.ji", "auditor", display_name="沈计").actor


@pytest.fixture
def administrator(at_bank: UUID) -> Actor:
    return make_staff("guan.li", "administrator", display_name="管理").actor


@pytest.fixture
def outsider(insurer: Institution) -> Actor:
    """Holds every role, at another institution: whatever is ours does not exist for them."""
    with scope(insurer.id):
        return make_staff("wai.ren", "marketer", "compliance", "service", "administrator", "auditor").actor
