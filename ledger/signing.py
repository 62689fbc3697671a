"""The keys that sign seals: Ed25519, from the environment. The worker that seals holds them, everyone knows
the public halves.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from kernel.errors import DomainError
from kernel.named_keys import named_keys, public_half


class UnknownSealKey(DomainError):
    """The seal was signed with a key that this installation does not hold."""

    code = "unknown_seal_key"
    status = 500
    zh = "找不到封签密钥 {name}。"
    en = "The seal key {name} is not known."


class NoSealKey(DomainError):
    """This process holds no key that signs: what is signed is made by the worker that seals."""

    code = "no_seal_key"
    status = 500
    zh = "这个进程没有封签密钥。"
    en = "This process holds no seal key."


def may_sign() -> bool:
    """Whether this process holds a key that signs; only the worker that seals does."""
    return bool(settings.SEAL_KEYS)


def sign(message: bytes) -> tuple[str, bytes]:
    """The signing key's name and its signature of the message. Raises NoSealKey."""
    if not may_sign():
        raise NoSealKey
    name, key = next(iter(_keys(settings.SEAL_KEYS).items()))
    return name, key.sign(message)


def signing_key() -> tuple[str, str]:
    """The name and the public half (base64) of the key that signs now: what an institution publishes."""
    name = next(iter(_public_keys()))
    return name, base64.b64encode(public_key(name)).decode()


def public_key(name: str) -> bytes:
    """The 32 bytes anyone may have. Raises UnknownSealKey."""
    keys = _public_keys()
    if name not in keys:
        raise UnknownSealKey(name=name)
    return keys[name]


def public_keys() -> dict[str, str]:
    """Every public key by name, base64: what is handed to whoever verifies. The first one signs."""
    return {name: base64.b64encode(key).decode() for name, key in _public_keys().items()}


def _public_keys() -> dict[str, bytes]:
    seeds = named_keys(settings.SEAL_KEYS, "seal key") if may_sign() else {}
    halves = {name: public_half(seed) for name, seed in seeds.items()}
    return {
        **halves,
        **(named_keys(settings.SEAL_PUBLIC_KEYS, "seal key") if settings.SEAL_PUBLIC_KEYS else {}),
        **halves,
    }


@lru_cache(maxsize=4)
def _keys(text: str) -> dict[str, Ed25519PrivateKey]:
    return {
        name: Ed25519PrivateKey.from_private_bytes(seed)
        for name, seed in named_keys(text, "seal key").items()
    }
