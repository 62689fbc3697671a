"""Cache and sessions in Redis are signed JSON: whoever can write there runs and forges nothing here."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, Signer


class SignedValues:
    """The serializer of the cache. Django's own is pickle, which runs what it reads.

    Whole numbers stay as they are, for Redis counts with them: they are limits and nothing else.
    """

    def __init__(self) -> None:
        self._signer = Signer(salt="config.redis_values")

    def dumps(self, value: Any) -> bytes | int:
        """Raises TypeError for what JSON cannot say: keep that in PostgreSQL, or say it in plain values."""
        if type(value) is int:
            return value
        return self._signer.sign_object(value).encode()

    def loads(self, data: bytes) -> Any:
        """The value, or None for what this platform did not write: as if it had been forgotten."""
        text = data.decode("ascii", errors="replace")
        if text.lstrip("-").isdecimal() and len(text) < 20:
            return int(text)
        try:
            return self._signer.unsign_object(text)
        except (BadSignature, ValueError, RecursionError):
            return None
