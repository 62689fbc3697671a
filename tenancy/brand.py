"""An institution's colour, made safe to read: each pair in use reaches 4.5 : 1."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_DEFAULT = "#1d5f8a"
_ENOUGH = 4.5
_INK = (31, 37, 48)
_WHITE = (255, 255, 255)

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """``surface`` carries ``on_surface``; ``text`` is the darker pair for words; ``soft`` a tint behind."""

    surface: str
    on_surface: str
    text: str
    soft: str


def palette(color: str) -> Palette:
    """The readable family of one colour; anything but ``#rrggbb`` falls back to the platform's own."""
    surface = _rgb(color if _HEX.fullmatch(color or "") else _DEFAULT)
    while contrast(surface, _WHITE) < _ENOUGH:
        surface = _mix(surface, _INK, 0.06)
    soft = _mix(surface, _WHITE, 0.9)
    text = _mix(surface, _INK, 0.18)
    while contrast(text, soft) < _ENOUGH:
        text = _mix(text, _INK, 0.06)
    return Palette(surface=_hex(surface), on_surface="#ffffff", text=_hex(text), soft=_hex(soft))


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG contrast ratio of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Rgb) -> float:
    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (channel(value) for value in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(color: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
