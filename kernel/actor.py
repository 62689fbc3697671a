"""Who did it, and to what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

NOBODY = UUID(int=0)

ActorKind = Literal["staff", "participant", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a deed. ``roles`` is filled for staff only; it never holds a name."""

    kind: ActorKind
    id: UUID
    roles: frozenset[str] = field(default_factory=frozenset)


SYSTEM = Actor(kind="system", id=NOBODY)


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing by kind and id, without a foreign key."""

    kind: str
    id: UUID
