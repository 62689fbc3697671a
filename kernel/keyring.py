"""The institution's keys, unwrapped for the work at hand.

Unwrapped keys stay in this process for a short time, so that a key provider answers a few times a minute
and not for every row; when it stops answering, opening and sealing stop with it (KeyServiceDown) and
nothing falls back to clear. A key is remembered only once its transaction has committed: a version that
was rolled back must never be written under again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from kernel.crypto import Algorithm, CryptoFailure, Key, KeyProvider, blind_index, new_secret
from kernel.ids import new_id
from kernel.key_models import InstitutionKey
from kernel.scope import current_institution

KEPT_SECONDS = 60
SETTLED = timedelta(seconds=2 * KEPT_SECONDS)
"""After this long every process has noticed a new version: only then may an old one be retired."""


class _Cupboard:
    """What this process has unwrapped, for at most `KEPT_SECONDS`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._keys: dict[tuple[UUID, UUID], tuple[float, Key]] = {}
        self._versions: dict[tuple[UUID, str], tuple[float, tuple[UUID, ...]]] = {}

    def key(self, institution: UUID, key_id: UUID) -> Key | None:
        until, key = self._keys.get((institution, key_id), (0.0, None))
        return key if until > self._clock() else None

    def keep(self, institution: UUID, key: Key) -> None:
        self._keys[institution, key.id] = (self._clock() + KEPT_SECONDS, key)

    def versions(self, institution: UUID, purpose: str) -> tuple[UUID, ...]:
        until, ids = self._versions.get((institution, purpose), (0.0, ()))
        return ids if until > self._clock() else ()

    def keep_versions(self, institution: UUID, purpose: str, ids: tuple[UUID, ...]) -> None:
        self._versions[institution, purpose] = (self._clock() + KEPT_SECONDS, ids)

    def empty(self) -> None:
        self._keys.clear()
        self._versions.clear()


_cupboard = _Cupboard()
_asked_first: list[Callable[[], None]] = []


def ask_first(refuse: Callable[[], None]) -> None:
    """Have ``refuse`` asked whenever a key is unwrapped: while it raises, nothing of anybody opens. For a
    reason that only a floor above can know.
    """
    if refuse not in _asked_first:
        _asked_first.append(refuse)


def forget_cached_keys() -> None:
    """Drop every unwrapped key of this process: after a rotation step, and between tests."""
    _cupboard.empty()
    provider.cache_clear()


@lru_cache(maxsize=1)
def provider() -> KeyProvider:
    """The key provider that the settings name. Raises ValueError when the master key is missing."""
    kind: type[KeyProvider] = import_string(settings.KEY_PROVIDER)
    return kind.parse(settings.MASTER_KEYS)


def writing_key(purpose: str, *, now: datetime) -> Key:
    """The key that new values are written under; an institution's first one is made on first use."""
    return _key(_in_use(purpose, now=now)[0])


def key_by_id(key_id: UUID) -> Key:
    """The key an envelope names. Raises CryptoFailure when it is not ours or was destroyed."""
    return _key(key_id)


def index_value(value: str, *, kind: str, now: datetime) -> tuple[bytes, bytes | None]:
    """What to store of a normalised value: its index, and its index under the coming key while one is
    coming.
    """
    ids = _in_use(InstitutionKey.Purpose.INDEX, now=now)
    current = blind_index(value, secret=_key(ids[0]).secret, kind=kind)
    coming = blind_index(value, secret=_key(ids[1]).secret, kind=kind) if len(ids) > 1 else None
    return current, coming


def index_candidates(value: str, *, kind: str, now: datetime) -> list[bytes]:
    """What the value may be stored as, under every index key in use: for `index__in` look-ups."""
    return [found for found in index_value(value, kind=kind, now=now) if found is not None]


def add_version(purpose: str, *, state: str, algorithm: Algorithm, now: datetime) -> InstitutionKey:
    """Store the next version of a key, wrapped by the provider."""
    institution = current_institution()
    last = InstitutionKey.objects.filter(purpose=purpose).order_by("-version").first()
    key_id = new_id()
    secret = new_secret(Algorithm.AES_256_GCM if purpose == InstitutionKey.Purpose.INDEX else algorithm)
    row: InstitutionKey = InstitutionKey.objects.create(
        id=key_id,
        purpose=purpose,
        version=last.version + 1 if last else 1,
        algorithm=Algorithm.AES_256_GCM if purpose == InstitutionKey.Purpose.INDEX else algorithm,
        wrapped=provider().wrap(secret, institution=institution, key_id=key_id),
        state=state,
        created_at=now,
    )
    _cupboard.empty()
    return row


def set_state(key_id: UUID, state: str) -> None:
    """Move a version along its life; the cache of this process follows when the deed has committed."""
    InstitutionKey.objects.filter(pk=key_id).update(state=state)
    _cupboard.empty()
    transaction.on_commit(_cupboard.empty, robust=True)


def destroy(key_id: UUID, *, now: datetime) -> None:
    """Retire a version for good: its row stays, its key is gone."""
    InstitutionKey.objects.filter(pk=key_id).update(
        state=InstitutionKey.State.RETIRED, retired_at=now, wrapped=None
    )
    _cupboard.empty()
    transaction.on_commit(_cupboard.empty, robust=True)


def _in_use(purpose: str, *, now: datetime) -> Sequence[UUID]:
    institution = current_institution()
    ids = _cupboard.versions(institution, purpose)
    if ids:
        return ids
    ids = _read_in_use(purpose)
    if not ids:
        _make_first(purpose, now=now)
        ids = _read_in_use(purpose)
    transaction.on_commit(partial(_cupboard.keep_versions, institution, purpose, ids), robust=True)
    return ids


def _read_in_use(purpose: str) -> tuple[UUID, ...]:
    """The current version first, then the coming one if there is one."""
    rows = InstitutionKey.objects.filter(purpose=purpose, state__in=["current", "coming"])
    return tuple(rows.order_by("-state", "version").values_list("id", flat=True))


def _make_first(purpose: str, *, now: datetime) -> None:
    """Two processes may both try; the constraint lets one of them, and the other reads its key."""
    algorithm = Algorithm[settings.SEAL_ALGORITHM]
    try:
        with transaction.atomic():
            add_version(purpose, state=InstitutionKey.State.CURRENT, algorithm=algorithm, now=now)
    except IntegrityError:
        _cupboard.empty()


def _key(key_id: UUID) -> Key:
    institution = current_institution()
    key = _cupboard.key(institution, key_id)
    if key is not None:
        return key
    row = InstitutionKey.objects.filter(pk=key_id, wrapped__isnull=False).first()
    if row is None:
        raise CryptoFailure
    for refuse in _asked_first:
        refuse()
    secret = provider().unwrap(bytes(row.wrapped), institution=institution, key_id=key_id)
    key = Key(id=key_id, algorithm=Algorithm(row.algorithm), secret=secret)
    transaction.on_commit(partial(_cupboard.keep, institution, key), robust=True)
    return key
