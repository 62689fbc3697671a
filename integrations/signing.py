"""How a call to the provider is signed, and how it is checked. Pure.

HMAC-SHA256 over method, path, time, nonce and the body's digest: what was signed cannot be altered, a
call cannot be played again (nonce), nor kept for later (time).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256

TOLERANCE_SECONDS = 300


def signature(*, secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    signed = "\n".join((method, path, timestamp, nonce, sha256(body).hexdigest()))
    return hmac.new(secret.encode(), signed.encode(), sha256).hexdigest()


def signed_headers(
    *, access_key: str, secret: str, method: str, path: str, timestamp: int, nonce: str, body: bytes
) -> dict[str, str]:
    """The headers of one call."""
    stamp = str(timestamp)
    return {
        "X-Access-Key": access_key,
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": signature(
            secret=secret, method=method, path=path, timestamp=stamp, nonce=nonce, body=body
        ),
    }


def is_genuine(
    headers: Mapping[str, str], *, secrets: Mapping[str, str], method: str, path: str, body: bytes, now: int
) -> bool:
    """Whether the call was signed by a key we know, just now. Nonces are remembered by the caller."""
    secret = secrets.get(headers.get("X-Access-Key", ""))
    stamp = headers.get("X-Timestamp", "")
    nonce = headers.get("X-Nonce", "")
    if secret is None or not nonce or not (stamp.isascii() and stamp.isdigit()):
        return False
    if abs(now - int(stamp[:12])) > TOLERANCE_SECONDS:
        return False
    expected = signature(secret=secret, method=method, path=path, timestamp=stamp, nonce=nonce, body=body)
    return hmac.compare_digest(expected, headers.get("X-Signature", ""))
