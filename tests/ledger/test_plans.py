"""What a question to a large ledger reads: the plan that PostgreSQL chose, in rows, never in seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from analytics.queries.trail import Wanted, trail
from analytics.usecases.seals import seal_ledger
from kernel.actor import SYSTEM, Actor, Ref
from kernel.ids import new_id
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.models import Entry, Seal
from ledger.record import record
from ledger.sealing import check_stretch
from tests.analytics.conftest import Floor, floor, until_settled
from tests.cast import NOON

__all__ = ["floor"]

A_SEAL = 50
EARLY = local_day(NOON) - timedelta(days=3)
# A few entries of an early day under many of the days after it, each of a transaction of its own.
DAYS = """
SELECT set_config('hequ.institution', %(institution)s, false);
INSERT INTO ledger_entry
    (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id, transaction)
SELECT %(noon)s - CASE WHEN number <= 300 THEN 3 WHEN number <= 1700 THEN 1 ELSE 0 END * interval '1 day',
       %(institution)s, CASE WHEN number %% 5 = 0 THEN 'play.shared' ELSE 'play.answered' END,
       'participant', gen_random_uuid(), 'play', gen_random_uuid(), (number + 10)::text::xid8
  FROM generate_series(1, 3000) AS number ORDER BY number
"""


@pytest.fixture
def sealed_days(floor: Floor) -> None:
    """Three hundred entries of an early day and the newer ones, sealed as they came."""
    with connections["owner"].cursor() as owner:
        owner.execute(DAYS, {"institution": str(current_institution()), "noon": NOON})
    seal_everything()
    with connections["owner"].cursor() as owner:
        owner.execute("ANALYZE ledger_entry; ANALYZE ledger_seal")


def seal_everything() -> None:
    until_settled()
    while seal_ledger(actor=SYSTEM, now=NOON, limit=A_SEAL):
        pass


def entries_read(said: CaptureQueriesContext) -> int:
    """How many rows of the ledger these questions read, whether they answered with them or passed them by."""
    return sum(_read_by(node) for node in _scans(said))


def entries_expected(said: CaptureQueriesContext) -> int:
    """How many of them the planner expected, which decides what it does when the ledger is large."""
    return sum(node["Plan Rows"] for node in _scans(said))


def _scans(said: CaptureQueriesContext) -> list[dict[str, Any]]:
    asked = [one["sql"].split("true); ")[-1] for one in said if "ledger_entry" in one["sql"]]
    nodes = [node for sql in asked for node in _nodes(_plan(sql))]
    return [node for node in nodes if node.get("Relation Name", "").startswith("ledger_entry")]


def _plan(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
    told = json.loads(answer) if isinstance(answer, str) else answer
    plan: dict[str, Any] = told[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _read_by(node: dict[str, Any]) -> int:
    passed_by = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + passed_by) * node["Actual Loops"])


@pytest.mark.parametrize("place", ["first", "middle", "newest"])
def test_the_check_of_a_seal_reads_its_own_stretch(sealed_days: None, place: str) -> None:
    """Issue 8, 38: of two row comparisons the planner saw no stretch. It expected a share of the ledger,
    whatever its size, and took plans made for that: at ten million entries each seal read them all.
    """
    numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
    number = {"first": numbers[0], "middle": numbers[len(numbers) // 2], "newest": numbers[-1]}[place]
    seal = Seal.objects.get(number=number)

    with CaptureQueriesContext(connection) as said:
        checked = check_stretch(first=number, last=number)

    assert (checked.is_sound, checked.entries) == (True, seal.count)
    assert entries_read(said) == seal.count
    assert entries_expected(said) <= 3 * seal.count


@pytest.mark.parametrize("verb", ["", "play", "play.shared"])
def test_an_early_last_day_passes_by_little(sealed_days: None, verb: str) -> None:
    with CaptureQueriesContext(connection) as said:
        page = trail(Wanted(verb=verb, until=EARLY))

    assert len(page.lines) == 50
    assert {local_day(line.entry.at) for line in page.lines} == {EARLY}
    assert entries_read(said) <= 500


def test_a_last_day_misses_nothing_wherever_it_was_filed(sealed_days: None) -> None:
    """Late for its day and sealed; late and not sealed yet; under a seal that says no day."""
    for sealed in (True, False):
        for at in (NOON - timedelta(days=3), NOON):
            with transaction.atomic():
                record(
                    "play.seen", actor=Actor("participant", new_id()), subject=Ref("play", new_id()), at=at
                )
        if sealed:
            seal_everything()
    expected = [
        one.id
        for one in Entry.objects.order_by("-transaction", "-id")
        if one.at < NOON - timedelta(days=2) and local_day(one.at) <= EARLY
    ]

    assert pages_until(EARLY) == expected
    with connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE ledger_seal NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE ledger_seal SET earliest_day = NULL WHERE number % 2 = 0")
    assert pages_until(EARLY) == expected


def pages_until(day: Any) -> list[int]:
    seen: list[int] = []
    older = None
    while True:
        page = trail(Wanted(until=day), older_than=older, size=90)
        seen += [line.entry.id for line in page.lines]
        older = page.older
        if older is None:
            return seen


def test_an_institution_without_seals_or_with_a_distant_day_is_answered(floor: Floor) -> None:
    newest = trail(Wanted(until=local_day(NOON).replace(year=2999)), size=5)
    seal_everything()

    assert [
        line.entry.id for line in trail(Wanted(until=local_day(NOON).replace(year=2999)), size=5).lines
    ] == [line.entry.id for line in newest.lines]
    assert trail(Wanted(until=local_day(NOON).replace(year=2000))).lines == []
