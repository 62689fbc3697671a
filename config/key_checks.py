"""Start-up checks of the keys: each is 32 random bytes, nobody else's, and serves one purpose."""

from __future__ import annotations

import base64
import binascii
import string
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

KEY_BYTES = 32
# Of 32 random bytes about 30 are different; a pattern or a phrase has far fewer.
FEWEST_DIFFERENT = 20
FEWEST_SIGNS = 15  # different ones in the 50 or more of SECRET_KEY
_PRINTABLE = set(string.printable.encode())
_SIGNING = ("SEAL_KEYS", "SEAL_PUBLIC_KEYS", "DESK_KEYS", "DESK_PUBLIC_KEYS")  # a process has what it needs
_LOCAL = "kernel.crypto.LocalKeyProvider"
_HINT = "Make it with: openssl rand -base64 32"


def production_keeps_sound_keys(**_asked: Any) -> list[CheckMessage]:
    """Malformed, short, patterned, shared or equal keys are refused."""
    if not settings.PRODUCTION:
        return []
    named = [name for name in _SIGNING if getattr(settings, name)]
    named += ["MASTER_KEYS"] if settings.KEY_PROVIDER == _LOCAL else []
    found: list[CheckMessage] = [
        Error(fault, hint=_HINT, id="hequ.E013") for name in named for fault in _faults(name)
    ]
    if len(set(settings.SECRET_KEY)) < FEWEST_SIGNS:
        hint = "Use at least 50 random characters."
        found.append(Error("SECRET_KEY is a pattern.", hint=hint, id="hequ.E013"))
    keys = [key for name in named for key in _keys(name) if key]
    if len(set(keys)) < len(keys):
        hint = "A key serves one purpose and has one name. " + _HINT
        found.append(Error("Two keys are the same.", hint=hint, id="hequ.E013"))
    return found


def _faults(name: str) -> Iterator[str]:
    for place, key in enumerate(_keys(name), 1):
        if key is None:
            yield f"{name}: key {place} is not name:base64."
        elif len(key) != KEY_BYTES:
            yield f"{name}: key {place} has {len(key)} bytes, not {KEY_BYTES}."
        elif len(set(key)) < FEWEST_DIFFERENT or _PRINTABLE.issuperset(key):
            yield f"{name}: key {place} is a pattern or a phrase, not random bytes."


def _keys(name: str) -> list[bytes | None]:
    return [_key(part) for part in getattr(settings, name).split(",")]


def _key(part: str) -> bytes | None:
    label, _, encoded = part.strip().partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if label and encoded else None
