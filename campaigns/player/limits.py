"""Pace on the phone's doors.

Moves and newcomers are paced in this process's memory: it costs nothing on the hot path, and a burst beyond a
human pace is told to wait. Text messages cost money and trust, so they are counted in Redis and fail closed
(`text_risk` asks for a proof of work when they become many, ceilings of money are rows).

A branch, a lecture hall or a carrier shares one address, so what is counted by address is what leads to
nothing: a newcomer who goes on to play is given back. How many come in all has a
bound of its own, far above what honest people behind one address need.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest

from kernel.errors import TooMany, TooManyHere
from tenancy.throttle import Limit, count_attempt
from tenancy.visitor import network_of


class Pace:
    """Token buckets by subject: `burst` at once, then `each_second`. Forgets the longest silent.

    A `shared` subject is many people, who are told so.
    """

    def __init__(self, *, burst: int, each_second: float, shared: bool = False, most: int = 50_000) -> None:
        self.refusal = TooManyHere if shared else TooMany
        self.burst = burst
        self.each_second = each_second
        self.most = most
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def step(self, subject: object, clock: Callable[[], float] = time.monotonic) -> None:
        """Take one token. Raises TooMany, or TooManyHere where it is shared."""
        now = clock()
        tokens, then = self._buckets.pop(subject, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - then) * self.each_second)
        allowed = tokens >= 1
        self._buckets[subject] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self.most:
            self._buckets.popitem(last=False)
        if not allowed:
            raise self.refusal(seconds=max(1, math.ceil((1 - tokens) / self.each_second)))

    def give_back(self, subject: object) -> None:
        """The last step led somewhere: its token returns."""
        if subject in self._buckets:
            tokens, then = self._buckets[subject]
            self._buckets[subject] = (min(self.burst, tokens + 1), then)

    def forget(self) -> None:
        """Start anew (tests)."""
        self._buckets.clear()


MOVES = Pace(burst=20, each_second=4)
# Newcomers who have not played yet, by network: a full hall scans one code within a minute (1,000 measured).
NEWCOMERS = Pace(burst=1_000, each_second=5, shared=True)
# All newcomers, whether they play or not: five halls at once, then 72,000 an hour of one network.
ARRIVALS = Pace(burst=5_000, each_second=20, shared=True)


def pace_moves(participant_id: UUID) -> None:
    """No thumb is faster. Raises TooMany."""
    MOVES.step(participant_id)


def pace_newcomers(request: HttpRequest) -> None:
    """New pseudonyms from one network. Raises TooManyHere."""
    network = network_of(request)
    NEWCOMERS.step(network)
    ARRIVALS.step(network)


def note_move(request: HttpRequest, *, is_first: bool) -> None:
    """With its first move a play shows that one of those who came through this network is a player: once, not
    whenever that move is told again.
    """
    if is_first:
        NEWCOMERS.give_back(network_of(request))


def count_text_message(participant_id: UUID) -> None:
    """Before a code is sent, by phone; `text_risk` looks at the rest. Raises TooMany, Unavailable."""
    count_attempt([Limit("phone-code-participant", str(participant_id), 10, 60 * 60)])


def count_code_try(participant_id: UUID) -> None:
    """Before a code is checked. Raises TooMany, Unavailable."""
    count_attempt([Limit("phone-code-try", str(participant_id), 20, 60 * 60)])
