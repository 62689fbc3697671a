"""An institution's one colour, made safe to read: buttons, text and tints that keep WCAG AA contrast."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

FALLBACK = "#0b5c8c"
WHITE = (255, 255, 255)
INK = (28, 35, 48)
BUTTON_CONTRAST = 4.6
TEXT_CONTRAST = 7.0
LINE_SHARE = 0.78
TINT_SHARE = 0.92

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """The style rule a page carries inline, and the hash by which its policy allows exactly this rule."""

    brand: str
    css: str
    policy_hash: str


@lru_cache(maxsize=512)
def theme_for(colour: str) -> Theme:
    """The theme of an institution's colour; anything that is not ``#rrggbb`` gets the house colour."""
    chosen = _parsed(colour)
    brand = _darkened(chosen, BUTTON_CONTRAST)
    ink = _darkened(chosen, TEXT_CONTRAST)
    values = {
        "brand": _hex(brand),
        "brand-ink": _hex(ink),
        "brand-soft": _hex(_mixed(brand, WHITE, TINT_SHARE)),
        "brand-line": _hex(_mixed(brand, WHITE, LINE_SHARE)),
        "on-brand": "#fff",
    }
    css = ":root{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Theme(values["brand"], css, f"'sha256-{digest}'")


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _parsed(colour: str) -> Colour:
    text = colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else FALLBACK
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _darkened(colour: Colour, wanted: float) -> Colour:
    """The colour, mixed with ink only as far as white and its own tint need to stay readable."""
    for step in range(0, 101, 4):
        darker = _mixed(colour, INK, step / 100)
        tint = _mixed(darker, WHITE, TINT_SHARE)
        if contrast(darker, WHITE) >= wanted and contrast(darker, tint) >= min(wanted, 5.5):
            return darker
    return INK


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (
        round(mine + (theirs - mine) * share) for mine, theirs in zip(colour, other, strict=True)
    )
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
