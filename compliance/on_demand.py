"""Scans that somebody asks for at a page: so many a minute for one colleague, so many at once for all.

What is scanned when work is saved or submitted belongs to that work and is bounded by it; what anybody may
ask for again and again is bounded here, so that eight colleagues leave room for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from kernel.actor import Actor
from tenancy.throttle import Limit, count_attempt, held

A_MINUTE = 60
SCANS_A_MINUTE = 40
SCANS_AT_ONCE = 3  # of all colleagues of all institutions
OF_ONE_AT_ONCE = 1
LONGEST_SCAN = 30  # seconds after which a place is free whatever became of its holder


@contextmanager
def scanning_on_demand(actor: Actor) -> Iterator[None]:
    """While the scan of one request lasts. Raises TooMany, Unavailable."""
    colleague = str(actor.id)
    count_attempt([Limit("scan", colleague, SCANS_A_MINUTE, A_MINUTE)])
    with ExitStack() as places:
        places.enter_context(held("scan-of", colleague, most=OF_ONE_AT_ONCE, seconds=LONGEST_SCAN))
        places.enter_context(held("scan", "everybody", most=SCANS_AT_ONCE, seconds=LONGEST_SCAN))
        yield
