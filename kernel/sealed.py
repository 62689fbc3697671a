"""Columns that hold only sealed values, and how a person's data looks when it is masked.

Reading a sealed column gives the envelope. Opening one is a call that names the key (`open_text`), so no
key is used behind a plain attribute access.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from kernel import crypto
from kernel.scope import current_institution

if TYPE_CHECKING:
    SealedBase = models.BinaryField[bytes | None, bytes | None]
else:
    SealedBase = models.BinaryField


class NotSealed(ValueError):
    """Plaintext was about to be written to a sealed column: a fault of ours."""


class SealedTextField(SealedBase):
    """A column of envelopes. Anything else is refused before it reaches the database."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not crypto.is_envelope(bytes(value)):
            raise NotSealed(self.name)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, *_where: Any) -> bytes | None:
        return None if value is None else bytes(value)


class BlindIndexField(SealedBase):
    """The look-up fingerprint of a sealed column of the same row.

    `source` is the sealed column, `kind` the vocabulary it shares with other columns, `coming` the twin
    column that a rotation fills; the rotation finds every such field by itself.
    """

    def __init__(
        self, *args: Any, source: str = "", kind: str = "", coming: str = "", holder: str = "", **kwargs: Any
    ) -> None:
        self.source, self.kind, self.coming, self.holder = source, kind, coming, holder
        kwargs.setdefault("null", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, *_where: Any) -> bytes | None:
        return None if value is None else bytes(value)


def place_of(model: type[models.Model], column: str, row_id: UUID) -> crypto.Place:
    """Where a value of this model lives, for the open institution."""
    table = model._meta.db_table
    return crypto.Place(institution=current_institution(), table=table, column=column, row=row_id)


def seal_text(model: type[models.Model], column: str, row_id: UUID, text: str, *, key: crypto.Key) -> bytes:
    return crypto.seal(text.encode(), key=key, place=place_of(model, column, row_id))


def open_text(
    model: type[models.Model], column: str, row_id: UUID, envelope: bytes, *, key: crypto.Key
) -> str:
    """The text sealed in this column of this row. Raises CryptoFailure."""
    return crypto.open_envelope(envelope, key=key, place=place_of(model, column, row_id)).decode()


# ---------------------------------------------------------------------------------------------------- masking


def mask_phone(phone: str) -> str:
    """+8613812345678 → 138****5678; anything too short to keep both ends is hidden whole."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else "*" * len(digits)


def mask_name(name: str) -> str:
    """张三丰 → 张**: the first sign, and at most two stars, so that the length says little."""
    text = name.strip()
    return text[:1] + "*" * min(max(len(text) - 1, 1), 2) if text else ""
