"""Authenticator secrets are sealed under the institution's key itself: a change of key takes them along."""

from __future__ import annotations

from uuid import UUID

from kernel.crypto import key_id_of
from kernel.keyring import key_by_id
from kernel.sealed import open_text, seal_text
from tenancy.models import TotpDevice

_COLUMN = "sealed_secret"


def secrets_left(key_id: UUID) -> int:
    """How many authenticator secrets another version than ``key_id`` still seals."""
    return len(_elsewhere(key_id))


def move_secrets(key_id: UUID) -> list[UUID]:
    """Seal every authenticator secret under ``key_id``; which moved. Call it inside a use case."""
    new = key_by_id(key_id)
    rows = TotpDevice.objects.select_for_update().filter(id__in=_elsewhere(key_id)).order_by("id")
    for device in rows:
        sealed = bytes(device.sealed_secret)
        secret = open_text(TotpDevice, _COLUMN, device.id, sealed, key=key_by_id(key_id_of(sealed)))
        device.sealed_secret = seal_text(TotpDevice, _COLUMN, device.id, secret, key=new)
        device.save(update_fields=[_COLUMN])
    return [device.id for device in rows]


def _elsewhere(key_id: UUID) -> list[UUID]:
    sealed = TotpDevice.objects.values_list("id", _COLUMN)
    return [row for row, envelope in sealed if key_id_of(bytes(envelope)) != key_id]
