"""What the desk process signs, with a key that no other process holds and the database does not know.

Whoever has only SQL, be it the desk's own, cannot make such a signature; the database, the gate and the
offline verifier check it with the public half. ``DESK_KEYS`` are in the environment of the desk's processes
alone.
"""

from __future__ import annotations

import base64
import hashlib
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import connection, connections

from kernel.errors import DomainError
from kernel.named_keys import named_keys, public_half

desk_session: ContextVar[str] = ContextVar("hequ_desk_session", default="")
"""A name of the session that acts, from which the session cannot be found; empty outside the desk's pages."""


class NoDeskKey(DomainError):
    """This process is not the desk: it holds no key to sign a decision with."""

    code = "no_desk_key"
    status = 500
    zh = "这个进程不能为审核与授权签名。"
    en = "This process cannot sign decisions."


@dataclass(frozen=True, slots=True)
class Signed:
    """The name of the key and its signature."""

    key: str
    signature: bytes


def sign_at_desk(lines: tuple[str, ...]) -> Signed:
    """Sign a deed, written as one fact a line. Raises NoDeskKey."""
    if not settings.DESK_KEYS:
        raise NoDeskKey
    name, seed = next(iter(named_keys(settings.DESK_KEYS, "desk key").items()))
    return Signed(name, Ed25519PrivateKey.from_private_bytes(seed).sign(message_of(lines)))


def signed_at_desk(lines: tuple[str, ...], key: str, signature: bytes) -> bool:
    """Whether this deed carries a sound signature of a key of the desk."""
    public = desk_public_keys().get(key)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message_of(lines))
    except InvalidSignature:
        return False
    return True


def message_of(lines: tuple[str, ...]) -> bytes:
    """One fact a line; none of them holds a line's end."""
    return "\n".join(lines).encode()


def desk_public_keys() -> dict[str, bytes]:
    """Every public half by name."""
    given = settings.DESK_PUBLIC_KEYS
    seeds = named_keys(settings.DESK_KEYS, "desk key") if settings.DESK_KEYS else {}
    own = {name: public_half(seed) for name, seed in seeds.items()}
    return {**(named_keys(given, "public desk key") if given else {}), **own}


def written_public_keys() -> dict[str, str]:
    """The same in base64: for whoever verifies, and for the settings of other processes."""
    return {name: base64.b64encode(key).decode() for name, key in desk_public_keys().items()}


def hash_of_desk_key(name: str) -> str:
    """SHA-256 of the public half, in hex: the sealed ledger names a key by it, and none takes its place."""
    return hashlib.sha256(desk_public_keys()[name]).hexdigest()


class AnotherDeskKey(RuntimeError):
    """The database trusts another key of this name: a name is not used twice."""


def retire_desk_key(*, using: str, name: str) -> bool:
    """The database takes no new signature of this key; whether it did so far. As the owner of the tables.

    What it signed stays signed, so the public half stays in the settings.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_deskkey SET until = clock_timestamp() WHERE name = %s AND until IS NULL", [name]
        )
        return bool(cursor.rowcount)


def database_trusts_what_signs() -> bool:
    """Whether the database takes what this process signs; also true where it signs nothing."""
    if not settings.DESK_KEYS:
        return True
    name = next(iter(named_keys(settings.DESK_KEYS, "desk key")))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public FROM kernel_deskkey"
            " WHERE name = %s AND (until IS NULL OR until > clock_timestamp())",
            [name],
        )
        row = cursor.fetchone()
    return row is not None and bytes(row[0]) == desk_public_keys()[name]


def have_database_trust(*, using: str, **_signal: Any) -> None:
    """After migrating, as the owner: the database trusts the keys it is told of. Old ones keep their row.

    Raises AnotherDeskKey.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('kernel_deskkey')")
        if cursor.fetchone()[0] is None:
            return
        for name, public in desk_public_keys().items():
            cursor.execute(
                "INSERT INTO kernel_deskkey (name, public) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING",
                [name, public],
            )
            cursor.execute("SELECT public FROM kernel_deskkey WHERE name = %s", [name])
            if bytes(cursor.fetchone()[0]) != public:
                hint = f"the database knows another desk key {name}: give the new one a name of its own"
                raise AnotherDeskKey(hint)
