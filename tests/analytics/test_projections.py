"""Figures equal the ledger: exactly once, in any batches, whoever commits when, and folded again the same."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analytics.models import AnswerTally, Cursor, Person, Reached, Tally
from analytics.stages import Stage
from analytics.usecases.projections import advance_projection, restart_projection
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.scope import scope
from ledger.models import Entry
from ledger.record import record
from tests.analytics.conftest import catch_up, fold, until_settled
from tests.analytics.crowd import Crowd, by_day_and_channel, stages
from tests.cast import NOON


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every folded row but its own id, in a fixed order."""
    kept = {
        Tally: ("campaign_id", "day", "channel", "stage", "events", "people"),
        AnswerTally: ("campaign_id", "version_id", "question", "option", "answered", "correct"),
        Person: ("campaign_id", "participant_id", "channel", "first_at"),
        Reached: ("campaign_id", "participant_id", "stage", "day"),
    }
    return {
        model.__name__: sorted(model.objects.values_list(*names), key=repr) for model, names in kept.items()
    }


@pytest.fixture
def settled(committed_db: str) -> UUID:
    """An institution in a database with real commits: only committed entries are settled."""
    return new_id()


def test_stage_counts_equal_distinct_participants_for_a_crowd_of_thousands(settled: UUID) -> None:
    """F2, F39."""
    with scope(settled):
        crowd = Crowd([new_id(), new_id()], random.Random(20261121), NOON)
        with transaction.atomic():
            written = crowd.play(10_000)

        folded = catch_up()

        assert folded == written
        for campaign, stage in stages(crowd):
            rows = Tally.objects.filter(campaign_id=campaign, stage=stage)
            counted = {(str(row.day), row.channel): row.people for row in rows if row.people}
            assert sum(counted.values()) == len(crowd.people[campaign, stage])
            assert sum(row.events for row in rows) == crowd.events[campaign, stage]
            assert counted == by_day_and_channel(crowd, campaign, stage)
        for (campaign, question), (answered, correct) in crowd.answers.items():
            tallies = AnswerTally.objects.filter(campaign_id=campaign, question=question)
            assert sum(row.answered for row in tallies) == answered
            assert sum(row.correct for row in tallies) == correct


def test_folding_again_from_the_first_entry_gives_the_same_rows(settled: UUID) -> None:
    with scope(settled):
        with transaction.atomic():
            Crowd([new_id()], random.Random(7), NOON).play(300)
        catch_up()
        before = everything()

        restart_projection(actor=SYSTEM, projection="figures", now=NOON)
        assert not Tally.objects.exists()
        catch_up(limit=97)

        assert everything() == before


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_the_cut_of_the_batches_does_not_matter(settled: UUID, seed: int, cuts: list[int]) -> None:
    with scope(new_id()):
        with transaction.atomic():
            Crowd([new_id()], random.Random(seed), NOON).play(25)
        until_settled()
        for cut in cuts:
            advance_projection(actor=SYSTEM, projection="figures", now=NOON, limit=cut)
        fold()
        in_pieces = everything()

        restart_projection(actor=SYSTEM, projection="figures", now=NOON)
        fold()

        assert everything() == in_pieces


def test_an_entry_that_commits_late_is_neither_skipped_nor_counted_twice(settled: UUID) -> None:
    """A writer takes its place early and commits after later writers: the cursor waits for it."""
    campaign = new_id()
    slow, fast = new_id(), new_id()
    began, may_commit = threading.Event(), threading.Event()

    def dawdle() -> None:
        with scope(settled), closing(connection), transaction.atomic():
            started(slow, campaign)
            began.set()
            may_commit.wait(20)

    with scope(settled):
        dawdler = threading.Thread(target=dawdle)
        dawdler.start()
        began.wait(20)
        started(fast, campaign)

        while_waiting = advance_projection(actor=SYSTEM, projection="figures", now=NOON)
        may_commit.set()
        dawdler.join()
        afterwards = catch_up()

        assert while_waiting == 0
        assert afterwards == 2
        assert Tally.objects.get(campaign_id=campaign, stage=Stage.STARTED).people == 2


def test_twelve_writers_and_three_readers_at_once_lose_and_double_nothing(settled: UUID) -> None:
    campaign = new_id()
    people = [[new_id() for _ in range(25)] for _ in range(8)]
    writing = threading.Event()
    writing.set()

    def write(mine: list[UUID], seed: int) -> None:
        luck = random.Random(seed)
        with scope(settled), closing(connection):
            for person in mine:
                with transaction.atomic():
                    started(person, campaign)
                    if luck.random() < 0.5:
                        threading.Event().wait(luck.random() / 50)
                    started(person, campaign)

    def read() -> None:
        with scope(settled), closing(connection):
            while writing.is_set():
                advance_projection(actor=SYSTEM, projection="figures", now=NOON, limit=7)

    writers = [threading.Thread(target=write, args=(mine, seed)) for seed, mine in enumerate(people)]
    readers = [threading.Thread(target=read) for _ in range(3)]
    for thread in [*writers, *readers]:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in readers:
        thread.join()

    with scope(settled):
        catch_up()
        tally = Tally.objects.get(campaign_id=campaign, stage=Stage.STARTED)
        assert (tally.people, tally.events) == (200, 400)
        assert Cursor.objects.get(projection="figures").entries == 400


def test_a_fold_that_breaks_leaves_the_cursor_where_it_was(settled: UUID, monkeypatch: Any) -> None:
    with scope(settled):
        started(new_id(), new_id())
        until_settled()
        monkeypatch.setattr("analytics.projections.figures.Figures._count_answers", _break)

        with pytest.raises(RuntimeError):
            advance_projection(actor=SYSTEM, projection="figures", now=NOON)

        monkeypatch.undo()
        assert not Tally.objects.exists()
        assert catch_up() == 1


def test_another_institution_is_not_counted(settled: UUID) -> None:
    campaign = new_id()
    with scope(new_id()):
        started(new_id(), campaign)

    with scope(settled):
        assert catch_up() == 0
        assert not Tally.objects.exists()


def test_an_unknown_projection_is_not_found(at_bank: UUID) -> None:
    with pytest.raises(NotFound):
        advance_projection(actor=SYSTEM, projection="horoscopes", now=NOON)


def test_figures_hold_nothing_that_the_ledger_does_not(settled: UUID) -> None:
    """Every participant in the figures is one of the ledger's pseudonyms."""
    with scope(settled):
        with transaction.atomic():
            Crowd([new_id()], random.Random(3), NOON).play(50)
        catch_up()

        known = set(Entry.objects.filter(actor_kind="participant").values_list("actor_id", flat=True))
        assert set(Person.objects.values_list("participant_id", flat=True)) <= known


def started(person: UUID, campaign: UUID) -> None:
    record(
        "play.started",
        actor=Actor("participant", person),
        subject=Ref("play", new_id()),
        at=NOON,
        campaign_id=campaign,
        channel="app",
    )


def _break(*_anything: object) -> None:
    raise RuntimeError
