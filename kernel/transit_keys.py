"""A key provider that lives elsewhere and speaks the transit protocol of Vault or OpenBao.

The master key never leaves that service: we send an institution key to be wrapped, and get it back to use.
The institution and the key's id travel as associated data, so a wrapped key opens for nobody else. Chosen by
`KEY_PROVIDER=kernel.transit_keys.TransitKeyProvider` and
`MASTER_KEYS="address=https://vault.example.cn:8200 key=hequ token=…"`.

A call may stand inside a transaction: it happens once a minute for a key and is cut off after two seconds.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import UUID

from kernel.crypto import CryptoFailure, KeyServiceDown
from kernel.typed import typed_address

PATIENCE_SECONDS = 2
LONGEST_ANSWER = 65536


@dataclass(frozen=True)
class TransitKeyProvider:
    """Wraps and unwraps by asking the key service. Fails closed."""

    address: str
    key: str
    token: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `address=… key=… token=…`. Raises ValueError with a hint that does not repeat the token."""
        told = dict(part.partition("=")[::2] for part in text.split())
        if set(told) != {"address", "key", "token"} or not all(told.values()):
            hint = "the key service is written: address=https://… key=… token=…"
            raise ValueError(hint)
        if typed_address(told["address"]).scheme not in ("http", "https") or not told["key"].isidentifier():
            hint = "the key service has an http(s) address and a plain key name"
            raise ValueError(hint)
        return cls(address=told["address"].rstrip("/"), key=told["key"], token=told["token"])

    def wrap(self, secret: bytes, *, institution: UUID, key_id: UUID) -> bytes:
        answer = self._ask("encrypt", {"plaintext": _text(secret), **_bound(institution, key_id)})
        return str(answer["ciphertext"]).encode()

    def unwrap(self, wrapped: bytes, *, institution: UUID, key_id: UUID) -> bytes:
        ciphertext = bytes(wrapped).decode(errors="replace")
        answer = self._ask("decrypt", {"ciphertext": ciphertext, **_bound(institution, key_id)})
        return base64.b64decode(str(answer["plaintext"]))

    def _ask(self, deed: str, body: dict[str, str]) -> dict[str, Any]:
        """One call. Raises CryptoFailure when the service refuses, KeyServiceDown when it does not answer."""
        request = Request(  # noqa: S310 - parse() lets only http and https through
            f"{self.address}/v1/transit/{deed}/{self.key}",
            data=json.dumps(body).encode(),
            headers={"X-Vault-Token": self.token, "Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                told: dict[str, Any] = json.loads(answer.read(LONGEST_ANSWER))["data"]
        except HTTPError as refused:
            if refused.code == 400:
                raise CryptoFailure from None
            raise KeyServiceDown from None
        except (URLError, OSError, ValueError, KeyError, TypeError):
            raise KeyServiceDown from None
        return told


def _bound(institution: UUID, key_id: UUID) -> dict[str, str]:
    return {"associated_data": _text(f"{institution}|{key_id}".encode())}


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
