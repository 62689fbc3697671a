"""Pace on the phone's doors.

Moves and newcomers are paced in this process's memory: it costs nothing on the hot path, and a burst beyond a
human pace is told to wait. Text messages cost money and trust, so they are counted in Redis and fail closed.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest

from kernel.errors import TooMany
from tenancy.throttle import Limit, count_attempt
from tenancy.visitor import address_of


class Pace:
    """Token buckets by subject: `burst` at once, then `each_second`. Forgets the longest silent."""

    def __init__(self, *, burst: int, each_second: float, most: int = 50_000) -> None:
        self.burst = burst
        self.each_second = each_second
        self.most = most
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def step(self, subject: object, clock: Callable[[], float] = time.monotonic) -> None:
        """Take one token. Raises TooMany."""
        now = clock()
        tokens, then = self._buckets.pop(subject, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - then) * self.each_second)
        allowed = tokens >= 1
        self._buckets[subject] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self.most:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooMany(seconds=max(1, math.ceil((1 - tokens) / self.each_second)))

    def forget(self) -> None:
        """Start anew (tests)."""
        self._buckets.clear()


MOVES = Pace(burst=20, each_second=4)
NEWCOMERS = Pace(burst=300, each_second=5)  # a whole office, or a whole carrier, may share one address


def pace_moves(participant_id: UUID) -> None:
    """No thumb is faster. Raises TooMany."""
    MOVES.step(participant_id)


def pace_newcomers(request: HttpRequest) -> None:
    """New pseudonyms from one address. Raises TooMany."""
    NEWCOMERS.step(address_of(request))


def count_text_message(request: HttpRequest, participant_id: UUID) -> None:
    """Before a code is sent: by address and by phone. Raises TooMany, Unavailable."""
    count_attempt(
        [
            Limit("phone-code-address", address_of(request), 120, 60 * 60),
            Limit("phone-code-participant", str(participant_id), 10, 60 * 60),
        ]
    )


def count_code_try(participant_id: UUID) -> None:
    """Before a code is checked. Raises TooMany, Unavailable."""
    count_attempt([Limit("phone-code-try", str(participant_id), 20, 60 * 60)])
