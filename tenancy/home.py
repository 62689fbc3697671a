"""What waits for me: cards of the home page, put up by each app from its ``<app>/desk.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.urls import reverse
from django.utils.functional import Promise

from kernel.actor import Actor
from tenancy.roles import Permission, allows

MOST = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. ``since`` shows its age, ``due`` its deadline; ``note``, ``tone`` a badge."""

    title: str
    url: str
    since: datetime | None = None
    due: datetime | None = None
    note: str = ""
    tone: str = ""
    detail: str = ""


class Sample(list[Waiting]):
    """The first of what waits, and how many there are in all: a card never says fewer than that."""

    def __init__(self, shown: Iterable[Waiting], *, total: int) -> None:
        super().__init__(shown)
        self.total = total


class Source(Protocol):
    """Reads what waits for this person; a query or two, newest need first. Whole, or a `Sample` of many."""

    def __call__(self, *, actor: Actor, now: datetime) -> list[Waiting]: ...


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A card on the home page of those who hold ``permission``."""

    title: str | Promise
    permission: Permission
    icon: str
    source: Source
    order: int = 50
    url_name: str = ""
    empty: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card made out for one visitor."""

    title: str
    icon: str
    url: str
    waiting: list[Waiting]
    more: int
    empty: str


@dataclass(frozen=True, slots=True)
class Deed:
    """The one thing most people of a role come to do: the primary action of their home page."""

    label: str | Promise
    url_name: str
    permission: Permission
    icon: str
    order: int = 50


_cards: list[HomeCard] = []
_deeds: list[Deed] = []


def home_card(
    *,
    title: str | Promise,
    permission: Permission,
    icon: str,
    order: int = 50,
    url_name: str = "",
    empty: str | Promise = "",
) -> Callable[[Source], Source]:
    """Put a card up: ``@home_card(title=…, permission=…, icon=…) def waiting(*, actor, now): …``."""

    def put_up(source: Source) -> Source:
        _cards.append(HomeCard(title, permission, icon, source, order, url_name, empty))
        return source

    return put_up


def home_deed(deed: Deed) -> None:
    """Offer a primary action; of those a person may do, the one with the lowest order is shown."""
    _deeds.append(deed)


def cards_for(*, actor: Actor, now: datetime) -> list[Card]:
    """The cards this person's roles grant, in order."""
    return [
        _made_out(card, actor, now)
        for card in sorted(_cards, key=lambda card: card.order)
        if allows(actor.roles, card.permission)
    ]


def deed_for(roles: Iterable[str]) -> Deed | None:
    held = list(roles)
    granted = [deed for deed in sorted(_deeds, key=lambda deed: deed.order) if allows(held, deed.permission)]
    return granted[0] if granted else None


def _made_out(card: HomeCard, actor: Actor, now: datetime) -> Card:
    waiting = card.source(actor=actor, now=now)
    return Card(
        title=str(card.title),
        icon=card.icon,
        url=reverse(card.url_name) if card.url_name else "",
        waiting=waiting[:MOST],
        more=max(0, (waiting.total if isinstance(waiting, Sample) else len(waiting)) - MOST),
        empty=str(card.empty),
    )
