"""What is reviewed, seen from its own room: how it looks, how it reads, what changed in it.

Compliance knows nothing of campaigns. A room above registers a face for its kind of subject in a module
called `review_face`, which is found by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from django.utils.functional import Promise

from compliance.scanner import Text
from compliance.scanner.matter import Shape
from kernel.actor import Ref

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One field as a reviewer reads it. `path` is what findings and comments hang on."""

    path: str
    label: str
    text: str
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its fields; `screen` and `item` move the phone beside it to the same place."""

    title: str
    parts: Sequence[Part]
    screen: str = ""
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One change from the last approved content, in words. `grave` ones touch what is earned or asked.

    `concern` names what kind of matter it is (`compliance.carrying.CONCERNS`); an unknown one is everyone's.
    """

    path: str
    kind: str
    label: str
    before: str
    after: str
    grave: bool = False
    concern: str = ""


class Face(Protocol):
    """How one kind of subject shows itself to reviewers."""

    kind: str

    def preview_url(self, subject_id: Any, fingerprint: str) -> str: ...

    def sections(self, content: Content) -> list[Section]: ...

    def differences(self, before: Content | None, after: Content) -> list[Difference]: ...


@runtime_checkable
class Vouching(Protocol):
    """A face that can also say what machines must find true before its subject goes live."""

    def blocking(self, content: Content, sector: str) -> int:
        """How many findings block, by the rules in force now."""

    def serves(self, content: Content) -> bool | None:
        """Whether every promised service is on offer at one branch or more; None when none is promised."""


@runtime_checkable
class Legible(Protocol):
    """A face that can hand many contents to the scanner at once, in a bounded number of queries."""

    def texts(self, contents: Sequence[Content]) -> list[list[Text] | None]:
        """Every text the scan of each content reads, in its order; None for a shape nobody can read now."""


@dataclass(frozen=True, slots=True)
class Halted:
    """That somebody took the subject off phones ("pause" or "stop"): why, who, when."""

    deed: str
    reason: str
    by: str
    at: datetime


@runtime_checkable
class Recounting(Protocol):
    """A face whose subject is shown to customers and can be taken off."""

    def halts(self, subject_id: Any) -> Sequence[Halted]:
        """The last times somebody took it off, the latest first."""


@runtime_checkable
class Shaped(Protocol):
    """A face whose contents have mechanics, for the structural rules."""

    def shapes(self, contents: Sequence[Content]) -> list[Shape | None]:
        """The mechanics of each, in a bounded number of queries; None for a shape nobody can read now."""


@runtime_checkable
class Screened(Protocol):
    """A face whose phone has states to look at one by one: what `?screen=` takes, and how it is called."""

    screens: Mapping[str, str | Promise]


@dataclass(frozen=True, slots=True)
class Stop:
    """That a subject was taken off in an emergency: since when, by whom, and why if that was said."""

    since: datetime
    by: str
    reason: str


@runtime_checkable
class Stoppable(Protocol):
    """A face whose subject can be taken off in an emergency, approved as it is."""

    def stopped(self, subject_id: UUID) -> Stop | None:
        """The stop that stands now; None while there is none."""


@dataclass
class PlainFace:
    """For a subject whose room registered nothing: the fields as they are."""

    kind: str = ""

    def preview_url(self, subject_id: Any, fingerprint: str) -> str:
        return ""

    def sections(self, content: Content) -> list[Section]:
        return [Section("", [Part(key, key, str(value)) for key, value in content.items()])]

    def differences(self, before: Content | None, after: Content) -> list[Difference]:
        if before is None:
            return []
        return [
            Difference(key, "changed", key, str(before.get(key, "")), str(after.get(key, "")))
            for key in sorted(set(before) | set(after))
            if before.get(key) != after.get(key)
        ]


def halts_of(kind: str, subject_id: Any) -> Sequence[Halted]:
    """The last times somebody took a subject off phones; none for what is never on them by itself."""
    face = faces.of(kind)
    return face.halts(subject_id) if isinstance(face, Recounting) else []


@dataclass
class Faces:
    """The registry of faces."""

    known: dict[str, Face] = field(default_factory=dict)
    quarantined: set[str] = field(default_factory=set)

    def register(self, face: Face, *, quarantined: bool = False) -> None:
        """`quarantined`: its room takes it out of use the moment an article it cites changes."""
        self.known[face.kind] = face
        if quarantined:
            self.quarantined.add(face.kind)

    def of(self, kind: str) -> Face:
        return self.known.get(kind) or PlainFace(kind)

    def stop_of(self, subject: Ref) -> Stop | None:
        """The emergency stop that stands over a subject, if its kind knows any."""
        face = self.of(subject.kind)
        return face.stopped(subject.id) if isinstance(face, Stoppable) else None


faces = Faces()
