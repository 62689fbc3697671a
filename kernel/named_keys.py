"""Keys written as settings write them: ``name:base64,name:base64``, 32 bytes each."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@lru_cache(maxsize=16)
def named_keys(text: str, what: str) -> dict[str, bytes]:
    """The keys by name, in the order they are written. Raises ValueError with a hint; ``what`` names them."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.replace("\n", ",").split(","))):
        name, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not name or len(name) > 32 or len(key) != 32:
            hint = f"{what} {name or '?'} must be written name:base64 of 32 random bytes"
            raise ValueError(hint)
        keys[name] = key
    if not keys:
        hint = f"no {what} is set: write name:base64 of 32 random bytes"
        raise ValueError(hint)
    return keys


@lru_cache(maxsize=16)
def public_half(seed: bytes) -> bytes:
    """What everyone may know of an Ed25519 key (RFC 8032), from its 32 secret bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
