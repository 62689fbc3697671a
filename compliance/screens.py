"""What customers see of a reviewed content, screen by screen, for proof on paper.

A room above says how its kind of subject looks in a module called `review_screens`, which is found by
itself; a kind that says nothing is shown field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from compliance.subjects import Content, faces
from tenancy.models import Institution

Style = Literal[
    "title", "lead", "heading", "text", "option", "right", "note", "article", "button", "field", "badge"
]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on a screen, as it is drawn."""

    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen of the phone, with a name to find it by."""

    name: str
    lines: Sequence[Line]


Maker = Callable[[Content, Institution, datetime], list[Screen]]
_makers: dict[str, Maker] = {}


def draws(kind: str, maker: Maker) -> None:
    """Let `maker` draw contents of this kind; the moment is when the content was submitted."""
    _makers[kind] = maker


def screens_of(kind: str, content: Content, *, institution: Institution, at: datetime) -> list[Screen]:
    """Every screen of this content, in the order a customer meets them."""
    maker = _makers.get(kind)
    return maker(content, institution, at) if maker else by_field(kind, content)


def by_field(kind: str, content: Content) -> list[Screen]:
    """A screen for each section of the content, with its fields as they are."""
    return [
        Screen(
            section.title,
            [line for part in section.parts for line in (Line("note", part.label), Line("text", part.text))],
        )
        for section in faces.of(kind).sections(content)
    ]
