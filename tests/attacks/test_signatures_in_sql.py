"""The database checks signatures by itself: what a signature is, whose, and until when. Issue 9, 4."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection, connections

from config.database_checks import database_faults
from kernel.desk_keys import AnotherDeskKey, have_database_trust, sign_at_desk
from kernel.ed25519_sql import L, P

# RFC 8032, 7.1: seed, message, signature.
OF_THE_STANDARD = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC, MESSAGE = KEY.public_key().public_bytes_raw(), b"approve"
GOOD = KEY.sign(MESSAGE)
NEUTRAL = (1).to_bytes(32, "little")


def holds(public: bytes | None, message: bytes | None, signature: bytes | None) -> Any:  # what SQL answers
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_ed25519_holds(%s, %s, %s)", [public, message, signature])
        return cursor.fetchone()[0]


def taken(lines: tuple[str, ...], key: str, signature: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_signed_by_desk(%s, %s, %s)", [key, "\n".join(lines), signature])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(("seed", "message", "signature"), OF_THE_STANDARD)
def test_the_standards_own_examples_hold(db: None, seed: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).public_key().public_bytes_raw()

    assert holds(key, bytes.fromhex(message), bytes.fromhex(signature)) is True
    assert holds(key, bytes.fromhex(message) + b"x", bytes.fromhex(signature)) is False


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (PUBLIC, MESSAGE, GOOD[:32] + (int.from_bytes(GOOD[32:], "little") + L).to_bytes(32, "little")),
        (PUBLIC, MESSAGE, bytes(64)),
        (PUBLIC, MESSAGE, NEUTRAL + bytes(32)),
        (PUBLIC, MESSAGE, b""),
        (PUBLIC, MESSAGE, GOOD[:-1]),
        (PUBLIC, MESSAGE, GOOD + b"\x00"),
        (PUBLIC, MESSAGE, None),
        (PUBLIC, None, GOOD),
        (None, MESSAGE, GOOD),
        (PUBLIC[:-1], MESSAGE, GOOD),
        ((2).to_bytes(32, "little"), MESSAGE, GOOD),  # on no curve
        (P.to_bytes(32, "little"), MESSAGE, GOOD),  # written otherwise than once
        ((1 | 1 << 255).to_bytes(32, "little"), MESSAGE, GOOD),  # minus nought
        (PUBLIC, MESSAGE, (P + 1).to_bytes(32, "little") + GOOD[32:]),
    ],
)
def test_what_is_not_quite_a_signature_is_none(
    db: None, public: bytes | None, message: bytes | None, signature: bytes | None
) -> None:
    """The same signature with a larger scalar, points of small order, other lengths, nothing at all."""
    assert holds(public, message, signature) is False


def test_a_key_is_replaced_and_retired_and_its_name_is_not_used_twice(
    committed_db: str, settings: Any
) -> None:
    lines = ("a deed",)
    before = sign_at_desk(lines)
    seeds = settings.DESK_KEYS
    settings.DESK_KEYS = f"second:{base64.b64encode(bytes(range(32))).decode()},{seeds}"
    after = sign_at_desk(lines)

    assert not taken(lines, after.key, after.signature)
    assert "hequ.E020" in {fault.id for fault in database_faults()}

    have_database_trust(using="owner")
    assert taken(lines, after.key, after.signature)
    assert taken(lines, before.key, before.signature)
    assert database_faults() == []

    call_command("desk_public_keys", retire=before.key)
    have_database_trust(using="owner")
    assert not taken(lines, before.key, before.signature)
    assert taken(lines, after.key, after.signature)
    with pytest.raises(CommandError):
        call_command("desk_public_keys", retire=before.key)

    settings.DESK_KEYS = seeds
    assert "hequ.E020" in {fault.id for fault in database_faults()}
    settings.DESK_KEYS = f"second:{base64.b64encode(bytes(32)).decode()}"
    with pytest.raises(AnotherDeskKey):
        have_database_trust(using="owner")
    connections["owner"].close()
