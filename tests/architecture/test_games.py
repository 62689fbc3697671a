"""F1. Every game honours one contract; a new folder is tested by being there."""

from __future__ import annotations

import ast
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.catalogue import AnyGame, folder_of, games
from campaigns.games.base import ALONE, Luck, Member, Move, Refused, Sample, Step

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SAMPLES = [
    pytest.param(game, sample, id=f"{key}: {sample.name}")
    for key, game in games().items()
    for sample in game.samples
]
EACH = [pytest.param(game, id=key) for key, game in games().items()]

KINDS = ["answer", "join", "leave", "alone", "check_in", "make_up", "exchange"]


class Rehearsal:
    """One play from the first sheet to the last move, as the platform runs it: state through JSON."""

    def __init__(self, game: AnyGame, written: dict[str, Any], seed: str) -> None:
        self.game, self.luck, self.now = game, Luck(seed), NOON
        self.settings = msgspec.convert(written, game.settings)
        self.state = through_json(game.open(self.settings, self.now, self.luck))
        self.finished = False
        self.earned: list[str] = []

    def make(self, move: Move) -> Step:
        before = deepcopy(self.state)
        try:
            step = self.game.move(self.settings, self.state, move, self.now, self.luck)
        finally:
            assert self.state == before, "a move changed the state it was given"
        self.state = through_json(step.state)
        self.finished = self.finished or step.finished
        self.earned += [earned.award for earned in step.earned]
        return step

    def view(self, of: Any = None) -> list[Any]:
        """What each player's phone knows: one for a game for one, one a seat for a party."""
        players = [Member(seat.key) for seat in self.game.seats] or [ALONE]
        return [
            through_json(self.game.view(of or self.settings, self.state, self.now, player))
            for player in players
        ]


def through_json(value: Any) -> Any:
    again = json.loads(json.dumps(value, allow_nan=False))
    assert again == value, "not JSON: it does not come back the same"
    return again


@pytest.mark.parametrize(("game", "sample"), SAMPLES)
def test_a_sample_plays_out_as_the_game_says(game: AnyGame, sample: Sample) -> None:
    rehearsal = Rehearsal(game, sample.settings, sample.seed)
    outcomes: list[Step | str] = []

    for move in sample.moves:
        if isinstance(move, timedelta):
            rehearsal.now += move
        else:
            outcomes.append(attempt(rehearsal, move))

    refusals = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert refusals == ([sample.refused] if sample.refused else [])
    assert not sample.refused or outcomes[-1] == sample.refused
    assert rehearsal.earned == list(sample.earns)
    assert sample.refused or rehearsal.finished == sample.finished


@pytest.mark.parametrize(("game", "sample"), SAMPLES)
@settings(max_examples=15, deadline=None)
@given(choices=st.lists(st.integers(0, 50), max_size=12), seed=st.text(max_size=8), wait=st.integers(0, 400))
def test_any_play_keeps_the_contract(
    game: AnyGame, sample: Sample, choices: list[int], seed: str, wait: int
) -> None:
    first, second = (Rehearsal(game, sample.settings, seed) for _ in range(2))
    assert first.state == second.state, "the same luck must open the same play"

    for choice in choices:
        possible = game.moves(first.settings, first.state)
        if first.finished:
            assert not possible, "a finished play offers moves"
            break
        move = possible[choice % len(possible)]
        first.now = second.now = first.now + timedelta(seconds=wait)
        outcome, again = (attempt(rehearsal, move) for rehearsal in (first, second))

        assert outcome == again, "the same luck must give the same step"
        assert first.view() == first.view(of=game.twin(first.settings, first.state)), (
            "the view tells too much"
        )
        if isinstance(outcome, Step):
            assert {event.verb for event in outcome.events} <= game.verbs
            assert {earned.award for earned in outcome.earned} <= {award.key for award in game.awards}
            through_json(outcome.reply)

    if first.finished:
        assert_nothing_follows(first, sample)


@pytest.mark.parametrize("game", EACH)
@settings(max_examples=60, deadline=None)
@given(
    kind=st.one_of(st.text(max_size=12), st.sampled_from(KINDS)),
    values=st.dictionaries(
        st.sampled_from(["question", "option", "day", "seat", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=6),
            lambda inner: st.lists(inner, max_size=3),
        ),
        max_size=3,
    ),
)
def test_nonsense_from_a_phone_is_refused_in_words(game: AnyGame, kind: str, values: dict[str, Any]) -> None:
    rehearsal = Rehearsal(game, game.samples[0].settings, "seed")

    outcome = attempt(rehearsal, Move(kind, values))

    assert isinstance(outcome, Step | str)


@pytest.mark.parametrize("game", EACH)
def test_a_game_is_complete(game: AnyGame) -> None:
    folder = folder_of(game)

    assert (folder / "play.html").is_file()
    assert (folder / "build_content.html").is_file()
    assert (folder / "build_rules.html").is_file()
    assert game.words.zh
    assert game.words.en
    assert game.samples
    assert all(verb.startswith("play.") for verb in game.verbs)


@pytest.mark.parametrize("game", EACH)
def test_a_game_knows_its_contract_and_nothing_else(game: AnyGame) -> None:
    own = f"campaigns.games.{game.key}"

    for file in folder_of(game).glob("*.py"):
        for name in imported_by(file):
            assert name.startswith((own, "campaigns.games.base", "campaigns.games._")) or not is_ours(name), (
                f"{file.name} imports {name}"
            )


@pytest.mark.parametrize("game", EACH)
def test_samples_settings_have_no_problem(game: AnyGame) -> None:
    for sample in game.samples:
        assert game.problems(msgspec.convert(sample.settings, game.settings)) == []


@pytest.mark.parametrize("game", EACH)
def test_every_text_has_its_place_in_the_settings(game: AnyGame) -> None:
    for sample in game.samples:
        typed = msgspec.convert(sample.settings, game.settings)
        written = msgspec.to_builtins(typed)

        for text in game.texts(typed):
            assert at(written, text.path) == text.text
        for cited in game.articles(typed):
            assert at(written, cited.path) == cited.article


def attempt(rehearsal: Rehearsal, move: Move) -> Step | str:
    """The step, or the code of the refusal, which must say why in both languages."""
    try:
        return rehearsal.make(move)
    except Refused as refusal:
        return refusal.code if refusal.words.zh and refusal.words.en else "refused without words"


def assert_nothing_follows(rehearsal: Rehearsal, sample: Sample) -> None:
    """After the end every move is refused, or told the same again and changes nothing."""
    ended, earned = deepcopy(rehearsal.state), list(rehearsal.earned)
    for move in sample.moves:
        if isinstance(move, Move):
            outcome = attempt(rehearsal, move)
            assert isinstance(outcome, str) or not outcome.events
    assert rehearsal.state == ended
    assert rehearsal.earned == earned


def at(written: Any, path: str) -> Any:
    for step in path.split("."):
        written = written[int(step)] if isinstance(written, list | tuple) else written[step]
    return written


def imported_by(file: Path) -> list[str]:
    tree = ast.parse(file.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return modules + [
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    ]


def is_ours(name: str) -> bool:
    root = Path(__file__).parents[2]
    return (root / name.split(".")[0]).is_dir() or name.split(".")[0] in {"django", "celery", "msgspec"}
