"""A participant's own key, and what is sealed under it. Used by use cases and queries of this room and
the floors above that keep something of a person's (codes); never by a view.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import models

from kernel import crypto, keyring
from kernel.crypto import Algorithm, Key
from kernel.key_models import InstitutionKey
from kernel.sealed import open_text, place_of, seal_text
from privacy.models import Participant


def own_key(participant: Participant, *, outer_key: Callable[[UUID], Key] = keyring.key_by_id) -> Key:
    """The participant's key. Raises CryptoFailure when it was destroyed or does not fit.

    ``outer_key`` finds the institution's key that wraps it: work on many people looks it up once.
    """
    envelope = participant.wrapped_key
    if envelope is None:
        raise crypto.CryptoFailure
    outer = outer_key(crypto.key_id_of(envelope))
    inner = crypto.open_envelope(envelope, key=outer, place=_key_place(participant.id))
    return Key(id=participant.id, algorithm=Algorithm(inner[0]), secret=inner[1:])


def give_key(participant: Participant, *, now: datetime) -> Key:
    """The participant's key, made on first need. The caller saves `wrapped_key` and `wrapped_under`."""
    if participant.wrapped_key is not None:
        return own_key(participant)
    outer = keyring.writing_key(InstitutionKey.Purpose.SEAL, now=now)
    key = Key(id=participant.id, algorithm=outer.algorithm, secret=os.urandom(outer.algorithm.key_bytes))
    wrap_key(participant, key, outer)
    return key


def wrap_key(participant: Participant, key: Key, outer: Key) -> None:
    """Put the participant's key under an institution key."""
    inner = bytes((key.algorithm,)) + key.secret
    participant.wrapped_key = crypto.seal(inner, key=outer, place=_key_place(participant.id))
    participant.wrapped_under_id = outer.id


def sealed_for(
    participant: Participant, model: type[models.Model], column: str, row_id: UUID, text: str
) -> bytes:
    """A text of this person's for a column of any room. Raises CryptoFailure."""
    return seal_text(model, column, row_id, text, key=own_key(participant))


def opened_for(
    participant: Participant, model: type[models.Model], column: str, row_id: UUID, envelope: bytes
) -> str:
    """What `sealed_for` sealed. Raises CryptoFailure."""
    return open_text(model, column, row_id, envelope, key=own_key(participant))


def name_of(participant: Participant) -> str:
    """The plain name, or nothing. For the rooms of privacy only; pages show `masked`."""
    if participant.name is None:
        return ""
    return opened_for(participant, Participant, "name", participant.id, participant.name)


def phone_of(participant: Participant) -> str:
    """The plain number as +86…, or nothing."""
    if participant.phone is None:
        return ""
    return opened_for(participant, Participant, "phone", participant.id, participant.phone)


def _key_place(participant_id: UUID) -> crypto.Place:
    return place_of(Participant, "wrapped_key", participant_id)
