"""Identifiers: time-ordered, unguessable, free of meaning."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from uuid import UUID

_TICKS_PER_MILLISECOND = 4096
_lock = threading.Lock()
_last_tick = 0


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): time in 4096ths of a millisecond, then 62 random bits.

    Ids of one process are in the order in which they were made (§6.2, method 3). Time order keeps B-tree
    inserts at the right-hand edge; the random part is from the operating system's generator.
    """
    milliseconds, rest = divmod(_next_tick(), _TICKS_PER_MILLISECOND)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | rest << 64 | 0x2 << 62 | random)


def first_id_at(moment: datetime) -> UUID:
    """The lowest id that could have been made at this moment: rows since then have higher ones."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62)


def _next_tick() -> int:
    """The time now, or just after the last id's when the clock has not moved on since."""
    global _last_tick
    now = time.time_ns() * _TICKS_PER_MILLISECOND // 1_000_000
    with _lock:
        _last_tick = max(now, _last_tick + 1)
        return _last_tick
