"""The contract between the platform and a game (玩法).

A game is one folder beside this file. It is pure: no Django, no clock, no dice, no database; it gets
settings, state, a move, the time and some luck, and returns what follows. The platform keeps the state,
writes the ledger, grants what was earned and draws the frame around `play.html`. What every game must
honour is replayed and property-tested by `tests/architecture/test_games.py`: a new game brings its tests in
its folder.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

from campaigns.games._series import Series

Json = dict[str, Any]  # Any: settings, states, moves and replies are JSON objects of the game's own shape

# For a setting that came later: written down only when it is set, so that what was approved before it
# existed keeps its fingerprint.
QUIET: Mapping[str, bool] = {"quiet": True}

T = TypeVar("T")
S = TypeVar("S")

Standing = Literal["new", "existing", "unknown"]


@dataclass(frozen=True)
class Words:
    """One sentence for people, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Problem:
    """Why settings cannot be submitted: where, a code for machines, a sentence for people."""

    path: str
    code: str
    words: Words


@dataclass(frozen=True)
class Text:
    """A piece of text a customer may read, for the compliance scanner.

    Texts that belong together share a `group`; `correct` says of an option whether it is a right one.
    """

    path: str
    content_type: str
    text: str
    group: str = ""
    correct: bool | None = None


@dataclass(frozen=True)
class Stated:
    """A figure of the settings that texts like to repeat. `pattern` finds it, N standing for the figure;
    without a value the settings have no such thing, and no text may speak of it.
    """

    pattern: str
    value: int | None
    words: Words


@dataclass(frozen=True)
class Cited:
    """An article of the law library that the settings lean on."""

    path: str
    article: str


@dataclass(frozen=True)
class Award:
    """Something a player can earn. The campaign says which free service it stands for; never money or goods.

    `seat` names the side of a party that receives it; empty in games for one. `people` is how many others
    somebody must bring for it, and `by_sharing` whether sending something on is what earns it.
    """

    key: str
    words: Words
    seat: str = ""
    people: int = 0
    by_sharing: bool = False


@dataclass(frozen=True)
class Earned:
    """An award won by this move. The same award and occasion are granted once per person and campaign.

    `price` is what it costs in service points, taken in the same transaction: the one thing points are for.
    """

    award: str
    occasion: str = "once"
    seat: str = ""
    price: int = 0


@dataclass(frozen=True)
class Points:
    """Service points won by this move, once per occasion; they can only ever become a free service."""

    amount: int
    occasion: str
    seat: str = ""


@dataclass(frozen=True)
class Event:
    """What the ledger shall remember. Ids, codes and numbers only: never a word a person typed.

    `seat` names the side of a party it happened to, where that is not the mover's own.
    """

    verb: str
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)
    seat: str = ""


@dataclass(frozen=True)
class Seat:
    """A place in a party, and who may take it."""

    key: str
    words: Words
    standing: Literal["any", "new", "existing"] = "any"


@dataclass(frozen=True)
class Member:
    """Who makes a move, as the server knows it. A game for one never looks."""

    seat: str = ""
    standing: Standing = "unknown"


ALONE = Member()

# What a customer does between the first screen and the service.
TAKES_PART = Words("参与互动", "Take part")
BOOKS = Words("填写预约信息", "Fill in the booking")
PROVES = Words("验证本人手机号", "Verify one's own number")


@dataclass(frozen=True)
class Move:
    """What a player asks for. `values` come from a phone and prove nothing; `by` comes from the server."""

    kind: str
    values: Json = field(default_factory=dict)
    by: Member = ALONE


@dataclass(frozen=True)
class Step:
    """What follows from a move. `reply` may tell only what the player may know from now on."""

    state: Json
    reply: Json
    events: Sequence[Event] = ()
    earned: Sequence[Earned] = ()
    points: Sequence[Points] = ()
    finished: bool = False


class Refused(Exception):
    """A move the rules do not allow. The state stays as it was; the player reads why."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = Words(_closed(zh, "。"), _closed(en, "."))


def _closed(sentence: str, stop: str) -> str:
    """It is read by itself on a phone, so it ends as a sentence does."""
    return sentence if sentence.endswith((stop, "？", "?")) else f"{sentence}{stop}"


class Luck:
    """Chance that can be replayed: the same seed gives the same order, in any process."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def order(self, items: Sequence[T], of: str) -> list[T]:
        """The items in an order that depends on the seed and on what is being ordered."""
        keyed = [(self._draw(of, index), index) for index in range(len(items))]
        return [items[index] for _, index in sorted(keyed)]

    def _draw(self, of: str, index: int) -> bytes:
        return hashlib.sha256(f"{self._seed}\n{of}\n{index}".encode()).digest()


@dataclass(frozen=True)
class Sample:
    """A short play with its outcome, told by the game itself and replayed by the contract test.

    A `timedelta` among the moves lets time pass. `refused` is the code of the last move's refusal.
    """

    name: str
    settings: Json
    moves: Sequence[Move | timedelta] = ()
    earns: Sequence[str] = ()
    finished: bool = False
    refused: str = ""
    seed: str = "sample"


def broken(*checks: tuple[bool, str, str, str, str]) -> list[Problem]:
    """The problems among (holds, path, code, Chinese, English)."""
    return [Problem(path, code, Words(zh, en)) for holds, path, code, zh, en in checks if not holds]


class Game(ABC, Generic[S]):
    """One kind of interaction: its settings, its rules, what may be shown when, and what it must declare."""

    key: ClassVar[str]
    words: ClassVar[Words]
    shared_by: ClassVar[Literal["participant", "party"]] = "participant"
    seats: ClassVar[tuple[Seat, ...]] = ()
    previewed_from: ClassVar[str] = ""  # the seat staff preview from; seats before it are taken
    not_for: ClassVar[Mapping[str, Words]] = {}  # sectors that may not use the game, and why
    asks_for: ClassVar[tuple[str, ...]] = ()  # exactly this of a person; empty where the campaign chooses
    awards: ClassVar[tuple[Award, ...]] = ()
    verbs: ClassVar[frozenset[str]] = frozenset()
    labels: ClassVar[Mapping[str, Words]] = {}
    samples: ClassVar[Sequence[Sample]] = ()

    settings: type[S]

    @abstractmethod
    def open(self, settings: S, now: datetime, luck: Luck) -> Json:
        """The state of a fresh play."""

    @abstractmethod
    def move(self, settings: S, state: Json, move: Move, now: datetime, luck: Luck) -> Step:
        """What follows from a move. Raises Refused; never changes the state it was given."""

    @abstractmethod
    def view(self, settings: S, state: Json, now: datetime, by: Member = ALONE) -> Json:
        """What this player's phone may know now: nothing that would help with a question not yet answered,
        and nothing about another member of a party but whether they have done their part.
        """

    @abstractmethod
    def moves(self, settings: S, state: Json) -> Sequence[Move]:
        """Moves a player could try from here, none when the play is over. Rehearsals walk along them, the
        last one being the way to the end.
        """

    def opened_on(self, written: Json, item: int) -> Json:
        """The settings as typed, turned so that a preview opens on this thing of their list."""
        return written

    def twin(self, settings: S, state: Json) -> S:
        """Settings that differ in all that no player may know yet: the view of both must be the same."""
        return settings

    def problems(self, settings: S) -> list[Problem]:
        """What keeps these settings from being submitted."""
        return []

    def advice(self, settings: S) -> list[Problem]:
        """What its maker should think about, though it may be submitted as it is."""
        return []

    def stated(self, settings: S) -> list[Stated]:
        """Figures of the settings that a title, a promise or a rule must not contradict."""
        return []

    def unreachable(self, settings: S, starts_on: date, ends_on: date) -> list[Problem]:
        """Awards that nobody can reach between these days."""
        return []

    def texts(self, settings: S) -> list[Text]:
        """Every text of the settings that a customer may read."""
        return []

    def articles(self, settings: S) -> list[Cited]:
        """Every article the settings cite."""
        return []

    def rules(self, settings: S) -> list[Words]:
        """How it is played and what earns what, in words generated from the settings, shown to the player."""
        return []

    def attempts(self, settings: S) -> int:
        """How often one person may play one campaign."""
        return 1

    def open_for(self, settings: S) -> timedelta | None:
        """How long a party stays open to be completed; None for games that are not timed by the platform."""
        return None

    def award_rules(self, settings: S) -> Mapping[str, Words]:
        """What the rules add for an award that a campaign may leave without a service, by the award's key."""
        return {}

    def promised(self, settings: S) -> frozenset[str]:
        """Keys of the awards that `rules` promises a service for, so a campaign must have one behind each."""
        return frozenset(award.key for award in self.awards) - set(self.award_rules(settings))

    def invitation(self, settings: S) -> str:
        """The reviewed words an invitation says, in a game for two; empty for the campaign's promise."""
        return ""

    def series(self, settings: S) -> Series | None:
        """The monthly editions, for a game that comes again; None for one that runs once."""
        return None

    def rested(self, settings: S, earlier: Sequence[Json]) -> S:
        """Settings for opening a play that asks nothing these earlier states asked, the latest first; as
        little as possible where there is not enough else.
        """
        return settings

    def steps(self, settings: S) -> Sequence[Words]:
        """What a customer does from the first screen to the service, in order. A seat is taken with a number
        that was verified before; whoever plays alone verifies it while booking.
        """
        return (PROVES, TAKES_PART, BOOKS) if self.seats else (TAKES_PART, BOOKS, PROVES)

    def points_lapse_after(self, settings: S) -> timedelta | None:
        """How long after the campaign's last day points can still become a service; None without points."""
        return None
