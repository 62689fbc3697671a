"""Which games there are: every folder of `campaigns/games`, found by walking and checked when first asked."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static

from campaigns.games.base import Game
from kernel.errors import DomainError
from kernel.registry import discover

AnyGame = Game[Any]  # Any: each game brings settings of its own type


class UnknownGame(DomainError):
    code = "unknown_game"
    status = 400
    zh = "没有这种玩法（{game}）。"
    en = "There is no such game ({game})."


class BrokenGame(Exception):
    """A game folder does not honour the contract; the platform does not start with it."""


@cache
def games() -> dict[str, AnyGame]:
    """Every game by its key. Raises BrokenGame."""
    found: dict[str, AnyGame] = {}
    for package in discover("campaigns.games"):
        game = _game_in(package.__name__)
        if game.key in found:
            raise BrokenGame(f"two games are called {game.key}")
        found[game.key] = game
    return found


def game_called(key: str) -> AnyGame:
    """The game by its key. Raises UnknownGame."""
    try:
        return games()[key]
    except KeyError:
        raise UnknownGame(game=key[:40]) from None


def folder_of(game: AnyGame) -> Path:
    """Where the game keeps its pages and scripts."""
    return Path(__file__).parent / "games" / game.key


def asset_of(game: AnyGame, name: str) -> str:
    """Where a browser finds a file of the game's `static` folder; empty if the game has none of that name."""
    if not (folder_of(game) / "static" / name).exists():
        return ""
    return static(f"games/{game.key}/{name}")


def _game_in(package: str) -> AnyGame:
    module = importlib.import_module(f"{package}.game")
    kinds = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Game) and kind.__module__ == module.__name__
    ]
    if len(kinds) != 1:
        raise BrokenGame(f"{package}.game must hold exactly one game")
    game: AnyGame = kinds[0]()
    if package.rpartition(".")[2] != game.key:
        raise BrokenGame(f"{package} must be called like its key, {game.key}")
    if (game.shared_by == "party") != bool(game.seats):
        raise BrokenGame(f"{game.key}: a party needs seats, and only a party has them")
    if game.seats and game.previewed_from not in {seat.key for seat in game.seats}:
        raise BrokenGame(f"{game.key}: staff preview a party from one of its seats")
    return game
