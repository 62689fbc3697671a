"""Text as it is seen: without marks that turn its direction, hide in it or control a terminal.

`visible(text)` promises the words as a reader sees them: bidirectional controls (which show 本保 for 保本),
zero-width and filler characters, stray joiners, variation selectors and tags, and control characters but tab
and line end are gone; line and paragraph separators become blanks. What belongs to an emoji stays. NUL and
lone surrogates stay too: what no text column takes is refused elsewhere (`kernel.problem.Unstorable`).

Everything typed or sent comes through here before anybody else sees it: forms in
`tenancy.middleware.VisibleTextMiddleware`, JSON in `kernel.wire.decode`, files in `tenancy.uploads`.
"""

from __future__ import annotations

import re
from typing import Any

RANGES = (
    (0x01, 0x08),
    (0x0B, 0x0C),
    (0x0E, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),  # grapheme joiner
    (0x061C, 0x061C),  # arabic letter mark
    (0x115F, 0x1160),  # hangul fillers
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200C),
    (0x200E, 0x200F),
    (0x2028, 0x202E),  # separators, then embeddings and overrides
    (0x2060, 0x206F),  # among them the isolates
    (0x2800, 0x2800),  # empty braille
    (0x3164, 0x3164),
    (0xFE00, 0xFE0D),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),  # tags, more variation selectors
)
_PICTURES = ((0x2190, 0x2BFF), (0x1F000, 0x1FAFF))
_STYLED = ((0x23, 0x23), (0x2A, 0x2A), (0x30, 0x39), (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C))


def _set(ranges: tuple[tuple[int, int], ...], form: str) -> str:
    return "".join(f"{form.format(first)}-{form.format(last)}" for first, last in ranges)


def _pattern(form: str) -> str:
    pictures, styled = _set(_PICTURES, form), _set((*_PICTURES, *_STYLED), form)
    joiner, styles = form.format(0x200D), _set(((0xFE0E, 0xFE0F),), form)
    return (
        f"[{_set(RANGES, form)}]"
        f"|(?<![{pictures}{form.format(0xFE0F)}]){joiner}|{joiner}(?![{pictures}])"
        f"|(?<![{styled}])[{styles}]"
    )


# For the browser, which takes the marks out while somebody types or pastes.
SCRIPT_PATTERN = _pattern("\\u{{{:x}}}")
_HIDDEN = re.compile(_pattern("\\U{:08x}"))
_SEPARATORS = re.compile("[\u2028\u2029]")


def hidden_in(text: str) -> int:
    """How many marks nobody sees."""
    return sum(1 for _ in _HIDDEN.finditer(text))


def visible(text: str) -> str:
    """The text as it is seen. What comes out is taken as it is."""
    while _HIDDEN.search(text):  # a mark taken out may leave another alone: twice at most
        text = _HIDDEN.sub("", _SEPARATORS.sub(" ", text))
    return text


def visible_json(value: Any) -> tuple[Any, int]:  # Any: what JSON holds
    """The same JSON with every text and every name as it is seen, and how many marks were taken out."""
    if isinstance(value, str):
        return visible(value), hidden_in(value)
    if isinstance(value, list):
        parts = [visible_json(part) for part in value]
        return [part for part, _ in parts], sum(count for _, count in parts)
    if isinstance(value, dict):
        pairs = [(visible_json(name), visible_json(part)) for name, part in value.items()]
        return {name: part for (name, _), (part, _) in pairs}, sum(
            one + other for (_, one), (_, other) in pairs
        )
    return value, 0
