"""The one style rule that differs between institutions, and the hash by which a page's policy allows it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from tenancy.brand import palette

_LINE_ALPHA = "38"  # a fifth of the colour, over white


@dataclass(frozen=True, slots=True)
class Theme:
    """The rule a page carries inline; ``policy_hash`` allows exactly this rule and no other inline style."""

    brand: str
    css: str
    policy_hash: str


@lru_cache(maxsize=512)
def theme_for(colour: str) -> Theme:
    """The theme of an institution's colour; anything that is not ``#rrggbb`` gets the platform's own."""
    family = palette(colour)
    values = {
        "brand": family.surface,
        "brand-ink": family.text,
        "brand-soft": family.soft,
        "brand-line": family.surface + _LINE_ALPHA,
        "on-brand": family.on_surface,
    }
    css = ":root{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Theme(family.surface, css, f"'sha256-{digest}'")
