"""The wire to the text-message provider: one signed HTTPS call a text, told apart by our own token."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import UUID

from django.conf import settings

from integrations.signing import signed_headers
from kernel.typed import typed_address

LATER = frozenset({"BUSINESS_LIMIT_CONTROL", "THROTTLING", "INTERNAL_ERROR"})
"""What the provider answers when trying again later makes sense."""


class Unreachable(Exception):
    """No answer that settles anything: try later with the same token."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's word: taken, or refused for good."""

    taken: bool
    reference: str


def send_text(*, token: UUID, phone: str, body: str) -> Receipt:
    """Hand one text to the provider. The same token is never sent twice by it. Raises Unreachable."""
    address = typed_address(settings.SMS_ENDPOINT)
    if address.scheme not in ("http", "https"):
        raise Unreachable
    payload = json.dumps(
        {"phone_number": phone, "content": body, "client_token": str(token)}, ensure_ascii=False
    ).encode()
    headers = signed_headers(
        access_key=settings.SMS_ACCESS_KEY,
        secret=settings.SMS_SECRET,
        method="POST",
        path=address.path or "/",
        timestamp=int(time.time()),
        nonce=secrets.token_hex(16),
        body=payload,
    )
    headers["Content-Type"] = "application/json; charset=utf-8"
    request = Request(settings.SMS_ENDPOINT, data=payload, headers=headers, method="POST")  # noqa: S310 - scheme checked above
    try:
        with urlopen(request, timeout=settings.SMS_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return _read(answer.read(65536))
    except HTTPError as refused:
        if refused.code in (400, 422):
            return _read(refused.read(65536))
        raise Unreachable from None
    except (URLError, OSError):
        raise Unreachable from None


def _read(raw: bytes) -> Receipt:
    try:
        answer = json.loads(raw)
        code = str(answer["code"])
        reference = str(answer.get("biz_id") or answer.get("request_id") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreachable from None
    if code in LATER:
        raise Unreachable
    return Receipt(taken=code == "OK", reference=reference if code == "OK" else code[:64])
