"""The keys that sign seals: Ed25519, from the environment, the first signs and all of them are known."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from kernel.errors import DomainError


class UnknownSealKey(DomainError):
    """The seal was signed with a key that this installation does not hold."""

    code = "unknown_seal_key"
    status = 500
    zh = "找不到封签密钥 {name}。"
    en = "The seal key {name} is not known."


def sign(message: bytes) -> tuple[str, bytes]:
    """The signing key's name and its signature of the message."""
    name, key = next(iter(_keys(settings.SEAL_KEYS).items()))
    return name, key.sign(message)


def signing_key() -> tuple[str, str]:
    """The name and the public half (base64) of the key that signs now: what an institution publishes."""
    name = next(iter(_keys(settings.SEAL_KEYS)))
    return name, base64.b64encode(public_key(name)).decode()


def public_key(name: str) -> bytes:
    """The 32 bytes anyone may have. Raises UnknownSealKey."""
    keys = _keys(settings.SEAL_KEYS)
    if name not in keys:
        raise UnknownSealKey(name=name)
    return keys[name].public_key().public_bytes_raw()


def public_keys() -> dict[str, str]:
    """Every public key by name, base64: what is handed to whoever verifies."""
    return {name: base64.b64encode(public_key(name)).decode() for name in _keys(settings.SEAL_KEYS)}


@lru_cache(maxsize=4)
def _keys(text: str) -> dict[str, Ed25519PrivateKey]:
    """Read ``name:base64,name:base64``; each seed has 32 bytes. Raises ValueError with a hint."""
    keys: dict[str, Ed25519PrivateKey] = {}
    for part in filter(None, (piece.strip() for piece in text.replace("\n", ",").split(","))):
        name, _, encoded = part.partition(":")
        try:
            seed = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            seed = b""
        if not name or len(name) > 32 or len(seed) != 32:
            hint = f"seal key {name or '?'} must be written name:base64 of 32 random bytes"
            raise ValueError(hint)
        keys[name] = Ed25519PrivateKey.from_private_bytes(seed)
    if not keys:
        hint = "no seal key is set: write name:base64 of 32 random bytes"
        raise ValueError(hint)
    return keys
