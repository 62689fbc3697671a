"""Moving an institution to the next version of a key, row by row, and proving that none was left behind.

Seal key: new rows are wrapped by the new version at once, old ones are re-wrapped. Index key: every row
first gets a second index under the coming version, then the versions change places, then the second
column moves into the first; at each moment every row can be found. Each step waits until every process
has noticed the one before (`keyring.SETTLED`). A job that was killed goes on where it stopped: the rows
themselves say what is left, and the rotation how far its walk along the tables' keys has come, so that no
batch looks again at what is behind it. A walk is repeated until one finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import F, QuerySet

from kernel import keyring
from kernel.actor import Actor, Ref
from kernel.crypto import Algorithm, Key, blind_index
from kernel.defer import defer
from kernel.errors import DomainError
from kernel.key_models import InstitutionKey
from kernel.scope import current_institution
from kernel.sealed import BlindIndexField, open_text
from ledger.record import record
from privacy.models import KeyRotation, Participant
from privacy.vault import own_key, wrap_key
from tenancy.roles import Permission
from tenancy.sealed_secrets import move_secrets, secrets_left
from tenancy.usecase import usecase

BATCH = 500
_Mover = Callable[[UUID | None], Sequence[UUID]]
_Purpose = InstitutionKey.Purpose
_State = InstitutionKey.State


class RotationRunning(DomainError):
    """One rotation of a purpose at a time."""

    code = "rotation_running"
    zh = "上一次密钥轮换尚未完成。"
    en = "The previous rotation has not finished."


@usecase(Permission.MANAGE_INSTITUTION)
def start_rotation(
    *, actor: Actor, purpose: str, algorithm: str = "AES_256_GCM", now: datetime
) -> KeyRotation:
    """Make the next version and begin to move. The cipher may change with it. Raises RotationRunning."""
    if KeyRotation.objects.filter(purpose=purpose, finished_at=None).exists():
        raise RotationRunning
    old = InstitutionKey.of(keyring.writing_key(purpose, now=now).id)
    sealing = purpose == _Purpose.SEAL
    if sealing:
        keyring.set_state(old.id, _State.RETIRING)
    new = keyring.add_version(
        purpose,
        state=_State.CURRENT if sealing else _State.COMING,
        algorithm=Algorithm[algorithm],
        now=now,
    )
    rotation: KeyRotation = KeyRotation.objects.create(
        purpose=purpose,
        old=old,
        new=new,
        total=_sealed_elsewhere(new) if sealing else sum(column.unfilled().count() for column in _columns()),
        started_at=now,
        touched_at=now,
        switched_at=now if sealing else None,
    )

    record(
        "privacy.rotation_started", actor=actor, subject=Ref("rotation", rotation.id), at=now,
        purpose=purpose, version=new.version, algorithm=algorithm, rows=rotation.total,
    )  # fmt: skip
    defer("privacy.tasks.move_keys", rotation_id=rotation.id)
    return rotation


@usecase(by="system", may_do_nothing=True)
def continue_rotation(*, actor: Actor, rotation_id: UUID, now: datetime) -> bool:
    """Move one batch; whether more can be moved right now. Safe to call by several workers at once."""
    rotation = (
        KeyRotation.objects.select_for_update(skip_locked=True)
        .select_related("old", "new")
        .filter(pk=rotation_id, finished_at=None)
        .first()
    )
    if rotation is None:
        return False

    moved = _move(rotation)
    rotation.moved = min(rotation.moved + moved, rotation.total)
    rotation.touched_at = now
    rotation.save(update_fields=["moved", "touched_at", "walked_table", "walked_to"])
    if moved:
        return True
    if rotation.switched_at is None:
        if now - rotation.started_at >= keyring.SETTLED:
            _switch(actor, rotation, now=now)
        return False
    if now - rotation.switched_at >= keyring.SETTLED:
        _finish(actor, rotation, now=now)
    return False


def _sealed_elsewhere(new: InstitutionKey) -> int:
    return _Wraps(new).left() + secrets_left(new.id)


def _move(rotation: KeyRotation) -> int:
    """The next batch of the walk. A walk that moved anything is followed by another: a row that somebody held
    was passed over.
    """
    movers = _movers(rotation)
    while True:
        names = list(movers)
        begun = bool(rotation.walked_table)
        for name in names[names.index(rotation.walked_table) if begun else 0 :]:
            keys = movers[name](rotation.walked_to if name == rotation.walked_table else None)
            if keys:
                rotation.walked_table, rotation.walked_to = name, keys[-1]
                return len(keys)
        rotation.walked_table, rotation.walked_to = "", None
        if not begun:
            return 0


def _movers(rotation: KeyRotation) -> dict[str, _Mover]:
    """What moves a batch of each table behind a key, in the order of the walk."""
    if rotation.purpose == _Purpose.SEAL:
        return {
            "privacy_participant.wrapped_key": _Wraps(rotation.new).move,
            "tenancy_totpdevice.sealed_secret": lambda _after: move_secrets(rotation.new_id),
        }
    if rotation.switched_at is None:
        return {column.label: partial(column.fill, rotation.new_id) for column in _columns()}
    return {column.label: column.take_over for column in _columns()}


def _switch(actor: Actor, rotation: KeyRotation, *, now: datetime) -> None:
    """The coming index key becomes the one that is written."""
    keyring.set_state(rotation.old_id, _State.RETIRING)
    keyring.set_state(rotation.new_id, _State.CURRENT)
    rotation.switched_at = now
    rotation.walked_table, rotation.walked_to = "", None
    rotation.save(update_fields=["switched_at", "walked_table", "walked_to"])
    record("privacy.rotation_switched", actor=actor, subject=Ref("rotation", rotation.id), at=now)


def _finish(actor: Actor, rotation: KeyRotation, *, now: datetime) -> None:
    """Retire and destroy the old version, with the count that proves it unused."""
    if rotation.purpose == _Purpose.SEAL:
        left = {
            "privacy_participant.wrapped_key": _Wraps(rotation.new).left(),
            "tenancy_totpdevice.sealed_secret": secrets_left(rotation.new_id),
        }
    else:
        left = {column.label: column.untaken().count() for column in _columns()}
    if any(left.values()):
        return
    keyring.destroy(rotation.old_id, now=now)
    rotation.finished_at = now
    rotation.proof = {"rows_on_old_key": left, "old_version": rotation.old.version, "at": now.isoformat()}
    rotation.save(update_fields=["finished_at", "proof"])
    record(
        "privacy.rotation_finished", actor=actor, subject=Ref("rotation", rotation.id), at=now,
        purpose=rotation.purpose, left=sum(left.values()), moved=rotation.moved,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wraps:
    """Participant keys that another version still wraps."""

    new: InstitutionKey

    def rows(self) -> QuerySet[Any]:
        return Participant.objects.filter(wrapped_key__isnull=False).exclude(wrapped_under=self.new)

    def left(self) -> int:
        return self.rows().count()

    def move(self, after: UUID | None) -> list[UUID]:
        keys = cache(keyring.key_by_id)
        outer = keys(self.new.id)
        batch = _batch(self.rows().select_for_update(skip_locked=True).only("id", "wrapped_key"), after)
        for participant in batch:
            wrap_key(participant, own_key(participant, outer_key=keys), outer)
        _write(Participant, ("wrapped_key",), [(each.id, each.wrapped_key) for each in batch])
        Participant.objects.filter(pk__in=[each.id for each in batch]).update(wrapped_under=outer.id)
        return [each.id for each in batch]


@dataclass(frozen=True, slots=True)
class _Column:
    """One blind index of one table, found by its field."""

    model: Any
    field: BlindIndexField

    @property
    def label(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.name}"

    def unfilled(self) -> QuerySet[Any]:
        """Rows that the coming key cannot find yet."""
        rows: QuerySet[Any] = self.model.objects.filter(
            **{f"{self.field.name}__isnull": False, f"{self.field.coming}__isnull": True}
        )
        return rows

    def untaken(self) -> QuerySet[Any]:
        """Rows whose first column still belongs to the old key."""
        rows: QuerySet[Any] = self.model.objects.filter(**{f"{self.field.coming}__isnull": False})
        return rows

    def fill(self, key_id: UUID, after: UUID | None) -> list[UUID]:
        of = ("self",) if self.field.holder else ()
        rows = self.unfilled().select_for_update(skip_locked=True, of=of)
        if self.field.holder:
            rows = rows.select_related(self.field.holder)
        batch, keys = _batch(rows, after), cache(keyring.key_by_id)
        _write(
            self.model,
            (str(self.field.name), self.field.coming),
            [(row.pk, *self._filled(row, keys(key_id), keys)) for row in batch],
        )
        return [row.pk for row in batch]

    def _filled(
        self, row: Any, key: Key, outer_key: Callable[[UUID], Key]
    ) -> tuple[bytes | None, bytes | None]:
        """The row's index and its coming one."""
        person: Participant = getattr(row, self.field.holder) if self.field.holder else row
        sealed = getattr(row, self.field.source)
        if sealed is None or person.wrapped_key is None:
            return None, None  # the person was forgotten: nothing leads to them
        own = own_key(person, outer_key=outer_key)
        plain = open_text(self.model, self.field.source, row.pk, sealed, key=own)
        coming = blind_index(plain, secret=key.secret, kind=self.field.kind)
        return getattr(row, str(self.field.name)), coming

    def take_over(self, after: UUID | None) -> list[UUID]:
        keys = [row.pk for row in _batch(self.untaken().only("pk"), after)]
        coming = self.field.coming
        self.model.objects.filter(pk__in=keys).update(**{str(self.field.name): F(coming), coming: None})
        return keys


def _batch(rows: QuerySet[Any], after: UUID | None) -> list[Any]:
    """The next rows along the key."""
    beyond = rows if after is None else rows.filter(pk__gt=after)
    return list(beyond.order_by("pk")[:BATCH])


def _write(model: Any, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Binary columns of many rows in one statement; each row is ``(pk, *values)``. Names are our own."""
    if not rows:
        return
    table = model._meta.db_table
    keys, *values = zip(*rows, strict=True)
    told = ", ".join(f"{name} = written.{name}" for name in columns)
    arrays = ", ".join(["%s::uuid[]", *["%s::bytea[]"] * len(columns)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {told} FROM unnest({arrays}) AS written(id, {', '.join(columns)})"  # noqa: S608
            f" WHERE {table}.id = written.id AND institution_id = %s",
            [list(keys), *(list(column) for column in values), current_institution()],
        )


def _columns() -> Iterator[_Column]:
    """Every blind index of the house that a rotation must move."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, BlindIndexField) and field.coming:
                yield _Column(model, field)
