"""Identifiers: time-ordered, unguessable, free of meaning."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits.

    Time order keeps B-tree inserts at the right-hand edge; the random part is from the
    operating system's generator.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF << 76) & ((1 << 128) - 1)
    value |= 0x7 << 76
    value &= ~(0x3 << 62) & ((1 << 128) - 1)
    value |= 0x2 << 62
    return UUID(int=value)
