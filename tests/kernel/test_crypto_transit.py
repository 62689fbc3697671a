"""F75, ASVS 13.1.2: a key service elsewhere wraps the institutions' keys, and without it nothing opens."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.crypto import CryptoFailure, KeyServiceDown
from kernel.transit_keys import TransitKeyProvider

MASTER = AESGCM(os.urandom(32))
INSTITUTION, KEY_ID = uuid4(), uuid4()


class Transit(BaseHTTPRequestHandler):
    """The two calls of the transit protocol that we use."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Vault-Token"] != "right":
            return self._answer(403, {"errors": ["permission denied"]})
        bound = base64.b64decode(body["associated_data"])
        if self.path == "/v1/transit/encrypt/hequ":
            nonce = os.urandom(12)
            sealed = nonce + MASTER.encrypt(nonce, base64.b64decode(body["plaintext"]), bound)
            return self._answer(
                200, {"data": {"ciphertext": f"vault:v1:{base64.b64encode(sealed).decode()}"}}
            )
        try:
            sealed = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"))
            plain = MASTER.decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError):
            return self._answer(400, {"errors": ["invalid ciphertext"]})
        return self._answer(200, {"data": {"plaintext": base64.b64encode(plain).decode()}})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_said: Any) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Transit)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_key_is_wrapped_elsewhere_and_opens_only_for_its_institution(service):
    provider = TransitKeyProvider.parse(f"address={service} key=hequ token=right")
    secret = os.urandom(32)

    wrapped = provider.wrap(secret, institution=INSTITUTION, key_id=KEY_ID)

    assert wrapped.startswith(b"vault:v1:")
    assert provider.unwrap(wrapped, institution=INSTITUTION, key_id=KEY_ID) == secret
    for other in (
        {"institution": uuid4(), "key_id": KEY_ID},
        {"institution": INSTITUTION, "key_id": uuid4()},
    ):
        with pytest.raises(CryptoFailure):
            provider.unwrap(wrapped, **other)


def test_a_service_that_is_gone_or_refuses_us_opens_nothing(service):
    gone = TransitKeyProvider.parse("address=http://127.0.0.1:9 key=hequ token=right")
    stranger = TransitKeyProvider.parse(f"address={service} key=hequ token=wrong")

    for provider in (gone, stranger):
        with pytest.raises(KeyServiceDown):
            provider.wrap(b"x" * 32, institution=INSTITUTION, key_id=KEY_ID)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "address=https://v key=hequ",
        "address=file:///etc key=hequ token=t",
        "address=https://v key=../x token=t",
    ],
)
def test_a_bad_setting_stops_with_a_hint_and_without_the_token(text):
    with pytest.raises(ValueError, match="key service") as refused:
        TransitKeyProvider.parse(text)

    assert "token=t" not in str(refused.value)


def test_the_token_is_not_printed():
    assert "secret-token" not in repr(
        TransitKeyProvider.parse("address=https://v key=hequ token=secret-token")
    )
