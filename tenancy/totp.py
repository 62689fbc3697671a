"""Time-based one-time passwords (RFC 6238) and recovery codes: pure, the clock is handed in."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.crypto import salted_hmac
from django_otp.oath import hotp

from kernel.typed import typed_code

STEP_SECONDS = 30
WINDOW = 1
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> bytes:
    return secrets.token_bytes(20)


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an authenticator: base32 in groups of four."""
    encoded = b32encode(secret).decode().rstrip("=")
    return " ".join(encoded[start : start + 4] for start in range(0, len(encoded), 4))


def provisioning_uri(secret: bytes, *, account: str) -> str:
    """What the QR code says."""
    issuer = settings.OTP_TOTP_ISSUER
    query = urlencode(
        {"secret": secret_text(secret).replace(" ", ""), "issuer": issuer, "digits": 6, "period": 30}
    )
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"


def code_at(secret: bytes, step: int) -> str:
    return f"{hotp(secret, step):06d}"


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: bytes, code: str, *, now: datetime) -> int | None:
    """The time step whose code this is, one step either way allowed for slow clocks; None if none."""
    typed = typed_code(code)
    here = step_of(now)
    found = None
    for step in range(here - WINDOW, here + WINDOW + 1):
        if compare_digest(code_at(secret, step).encode(), typed.encode()):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes of about 59 bits each, in three groups of four."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digests(code: str, *, staff_id: str) -> list[bytes]:
    """What is kept of a recovery code: under today's secret first, then under those still honoured."""
    normal = typed_code(code).lower()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(f"tenancy.recovery.{staff_id}", normal, secret=key, algorithm="sha256").digest()
        for key in keys
    ]


def looks_like_recovery(code: str) -> bool:
    return len(typed_code(code)) == 12
