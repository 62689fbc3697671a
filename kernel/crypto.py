"""Sealing and finding what is personal. Pure: bytes and keys in, bytes out; no table, no clock, no settings.

A sealed value is an *envelope*: format, algorithm and key id in clear, then nonce, ciphertext and tag.
The header and the *place* (institution, table, column, row) are authenticated with it, so an envelope
opens only under its own key and only where it was sealed: flip a byte, or carry it to another row, column
or institution, and it stays shut.

A *blind index* finds a value without opening anything: HMAC-SHA256 of the normalised value under a key of
its own.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Protocol, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import DomainError
from kernel.visible import visible

FORMAT = 1
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 2 + 16
SHORTEST = HEADER_BYTES + NONCE_BYTES + TAG_BYTES


class CryptoFailure(DomainError):
    """The value cannot be opened: wrong key, wrong place or altered bytes. Nothing more is said."""

    code = "cannot_open"
    status = 500
    zh = "信息无法解密，已停止显示。"
    en = "This information cannot be opened and is not shown."


class KeyServiceDown(DomainError):
    """The key provider does not answer: nothing is shown and nothing is stored in clear."""

    code = "key_service_down"
    status = 503
    zh = "信息保护服务暂时不可用，请稍后再试。"
    en = "The protection service is not available at the moment. Please try again later."


class NotAPhoneNumber(DomainError):
    """The text is no mobile number."""

    code = "not_a_phone_number"
    status = 400
    zh = "请输入 11 位手机号码。"
    en = "Please enter a mobile number of 11 digits."


class Algorithm(IntEnum):
    """The ciphers an institution may choose; the number is the tag written in every envelope."""

    AES_256_GCM = 1
    SM4_GCM = 2

    @property
    def key_bytes(self) -> int:
        return 32 if self is Algorithm.AES_256_GCM else 16

    @property
    def label(self) -> str:
        return self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Key:
    """One secret with its id and cipher. The secret is never printed."""

    id: UUID
    algorithm: Algorithm
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != self.algorithm.key_bytes:
            raise CryptoFailure


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lives. It opens nowhere else."""

    institution: UUID
    table: str
    column: str
    row: UUID

    def bound_to(self, header: bytes) -> bytes:
        return header + f"|{self.institution}|{self.table}|{self.column}|{self.row}".encode()


def new_secret(algorithm: Algorithm) -> bytes:
    return os.urandom(algorithm.key_bytes)


def seal(plaintext: bytes, *, key: Key, place: Place) -> bytes:
    """The envelope of `plaintext`, with a fresh nonce each time."""
    header = bytes((FORMAT, key.algorithm)) + key.id.bytes
    nonce = os.urandom(NONCE_BYTES)
    bound = place.bound_to(header)
    if key.algorithm is Algorithm.AES_256_GCM:
        return header + nonce + AESGCM(key.secret).encrypt(nonce, plaintext, bound)

    encryptor = Cipher(algorithms.SM4(key.secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return header + nonce + encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def open_envelope(envelope: bytes, *, key: Key, place: Place) -> bytes:
    """What was sealed at `place` under `key`. Raises CryptoFailure for everything else."""
    if not is_envelope(envelope) or key_id_of(envelope) != key.id or envelope[1] != key.algorithm:
        raise CryptoFailure

    header, nonce = envelope[:HEADER_BYTES], envelope[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
    body = envelope[HEADER_BYTES + NONCE_BYTES :]
    bound = place.bound_to(header)
    try:
        if key.algorithm is Algorithm.AES_256_GCM:
            return AESGCM(key.secret).decrypt(nonce, body, bound)
        ciphertext, tag = body[:-TAG_BYTES], body[-TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(key.secret), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(ciphertext) + decryptor.finalize()
    except InvalidTag:
        raise CryptoFailure from None


def is_envelope(value: bytes) -> bool:
    """Whether the bytes look sealed: the guard that keeps plaintext out of a sealed column."""
    return len(value) >= SHORTEST and value[0] == FORMAT and value[1] in Algorithm.__members__.values()


def key_id_of(envelope: bytes) -> UUID:
    return UUID(bytes=bytes(envelope[2:HEADER_BYTES]))


# ------------------------------------------------------------------------------------------------ blind index


def blind_index(value: str, *, secret: bytes, kind: str) -> bytes:
    """The look-up fingerprint of an already normalised value; `kind` keeps phones and codes apart."""
    return hmac.new(secret, f"{kind}|{value}".encode(), sha256).digest()


def normal_text(value: str) -> str:
    """One spelling for what people see as the same text: NFKC, no surrounding blanks."""
    return unicodedata.normalize("NFKC", value).strip()


_GROUPED_PHONE = re.compile(r"(?:\d{2,4}\.)?\d{3}\.\d{4}\.\d{4}\Z")


def normal_phone(value: str) -> str:
    """A mainland mobile number as +86 and eleven digits. Raises NotAPhoneNumber.

    Blanks, brackets, dashes of any kind and invisible marks are passed over, and dots where they group the
    digits (138.1234.5678). Any other dot is a decimal point: 1380013800.1 is what a spreadsheet made of it.
    """
    digits = "".join(
        sign
        for sign in normal_text(visible(value))
        if sign not in " ()+\u2212" and unicodedata.category(sign) not in ("Cf", "Pd")
    )
    if _GROUPED_PHONE.match(digits):
        digits = digits.replace(".", "")
    if not (digits.isascii() and digits.isdigit()):
        raise NotAPhoneNumber
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            digits = digits.removeprefix(prefix)
    if len(digits) != 11 or digits[0] != "1" or digits[1] not in "3456789":
        raise NotAPhoneNumber
    return "+86" + digits


# -------------------------------------------------------------------------------- key provider


class KeyProvider(Protocol):
    """Holds the master key and wraps institution keys. It never hands the master key out."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The provider that the setting describes. Raises ValueError with a hint."""

    def wrap(self, secret: bytes, *, institution: UUID, key_id: UUID) -> bytes:
        """The secret, safe to store. Raises KeyServiceDown."""

    def unwrap(self, wrapped: bytes, *, institution: UUID, key_id: UUID) -> bytes:
        """The secret again. Raises CryptoFailure, KeyServiceDown."""


@dataclass(frozen=True)
class LocalKeyProvider:
    """Master keys from the environment or a file: the first wraps, all of them unwrap."""

    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name:base64,name:base64`; each key has 32 bytes. Raises ValueError with a hint."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in text.replace("\n", ",").split(","))):
            name, _, encoded = part.partition(":")
            try:
                secret = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                secret = b""
            if not name or len(secret) != 32:
                hint = f"master key {name or '?'} must be written name:base64 of 32 random bytes"
                raise ValueError(hint)
            keys[name] = secret
        if not keys:
            hint = "no master key is set: write name:base64 of 32 random bytes"
            raise ValueError(hint)
        return cls(keys=keys)

    def wrap(self, secret: bytes, *, institution: UUID, key_id: UUID) -> bytes:
        name = next(iter(self.keys))
        envelope = seal(secret, key=self._key(name), place=_wrapping_place(institution, key_id))
        return name.encode() + b":" + envelope

    def unwrap(self, wrapped: bytes, *, institution: UUID, key_id: UUID) -> bytes:
        name, _, envelope = bytes(wrapped).partition(b":")
        master = self._key(name.decode(errors="replace"))
        return open_envelope(envelope, key=master, place=_wrapping_place(institution, key_id))

    def _key(self, name: str) -> Key:
        if name not in self.keys:
            raise CryptoFailure
        key_id = UUID(bytes=sha256(f"master|{name}".encode()).digest()[:16])
        return Key(id=key_id, algorithm=Algorithm.AES_256_GCM, secret=self.keys[name])


def _wrapping_place(institution: UUID, key_id: UUID) -> Place:
    return Place(institution=institution, table="kernel_institutionkey", column="wrapped", row=key_id)
