"""Two hundred hands on one play: real threads, real commits, one outcome."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from campaigns.games.base import Move
from campaigns.live import LiveCampaign
from campaigns.models import Play
from campaigns.usecases import Played, Playing, move_play, start_play
from campaigns.usecases.playing import MoveRefused
from kernel.actor import Actor
from kernel.errors import DomainError
from kernel.scope import scope
from ledger.models import Entry
from rewards.models import Grant
from tests.campaigns.conftest import bank_with_live_quiz, new_player, the_right_answer
from tests.cast import NOON

HANDS = 200


@pytest.fixture
def open_bank(committed_db: str) -> tuple[UUID, LiveCampaign]:
    return bank_with_live_quiz()


def at_once(institution_id: UUID, deed: Callable[[int], Any], hands: int = HANDS) -> list[Any]:
    """The deed by many threads; a refusal is an outcome too."""

    def one(number: int) -> Any:
        try:
            with scope(institution_id):
                return deed(number)
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(one, range(hands)))


def test_two_hundred_finishes_grant_one_service(open_bank: tuple[UUID, LiveCampaign]) -> None:
    """F11."""
    institution_id, live = open_bank
    with scope(institution_id):
        player = new_player()
        before_last = play_up_to_last(player, live)
        last = Move(
            "answer",
            {
                "question": before_last.view["question"]["id"],
                "option": the_right_answer(live, before_last.view),
            },
        )

    def finish(number: int) -> Played:
        return move_play(
            actor=player,
            code=live.code,
            play_id=before_last.play_id,
            move=last,
            key=f"tap-{number}",
            now=NOON,
        )

    outcomes = at_once(institution_id, finish)

    assert all(isinstance(outcome, Played) for outcome in outcomes)
    assert len({str(outcome.reply) for outcome in outcomes}) == 1
    with scope(institution_id):
        assert Grant.objects.count() == 1
        assert Entry.objects.filter(verb="play.finished").count() == 1
        assert Entry.objects.filter(verb="rewards.granted").count() == 1


def test_of_two_hundred_different_answers_one_counts(open_bank: tuple[UUID, LiveCampaign]) -> None:
    institution_id, live = open_bank
    with scope(institution_id):
        player = new_player()
        playing = start_play(actor=player, code=live.code, now=NOON)
    asked = playing.view["question"]

    def answer(number: int) -> Played:
        chosen = asked["options"][number % len(asked["options"])]["id"]
        move = Move("answer", {"question": asked["id"], "option": chosen})
        return move_play(actor=player, code=live.code, play_id=playing.play_id, move=move, now=NOON)

    outcomes = at_once(institution_id, answer)

    told = {outcome.reply["option"] for outcome in outcomes if isinstance(outcome, Played)}
    assert len(told) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, MoveRefused)} == {"already_answered"}
    with scope(institution_id):
        assert Entry.objects.filter(verb="play.answered").count() == 1


def test_two_hundred_starts_open_one_play(open_bank: tuple[UUID, LiveCampaign]) -> None:
    institution_id, live = open_bank
    with scope(institution_id):
        player = new_player()

    outcomes = at_once(institution_id, lambda _: start_play(actor=player, code=live.code, now=NOON))

    assert len({outcome.play_id for outcome in outcomes}) == 1
    with scope(institution_id):
        assert Play.objects.count() == 1
        assert Entry.objects.filter(verb="play.started").count() == 1


def play_up_to_last(player: Actor, live: LiveCampaign) -> Playing | Played:
    playing: Playing | Played = start_play(actor=player, code=live.code, now=NOON)
    while playing.view["answered"] < playing.view["total"] - 1:
        move = Move(
            "answer",
            {"question": playing.view["question"]["id"], "option": the_right_answer(live, playing.view)},
        )
        playing = move_play(actor=player, code=live.code, play_id=playing.play_id, move=move, now=NOON)
    return playing
