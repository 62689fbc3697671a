"""What the printed face can draw. Emoji and signs it lacks would stand as boxes in reports and evidence.

`undrawable(text)` names the first such character: it is refused where something is written that will be
printed, so that phone, poster, report and evidence show the same. `printable(told)` is for what was written
before anybody asked, and for colleagues' own words: such a character is named by its number instead.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTCollection

PACKAGE = "manimgx_fonts_cjk"
SYSTEM = Path("/usr/share/fonts")
# Nobody needs to ask the font for these; reading it takes a moment.
_ORDINARY = re.compile(r"[\s\x20-\x7e、-】一-鿿！-～“”‘’…—–·×]*")
_BELONGS_TO_THE_ONE_BEFORE = frozenset("\u200d\ufe0e\ufe0f")


def undrawable(text: str) -> str:
    """The first character of the text that the printed face lacks, or nothing."""
    if _ORDINARY.fullmatch(text):
        return ""
    return next((sign for sign in text if not (sign.isspace() or ord(sign) in _drawn())), "")


def printable(told: Any) -> Any:  # Any: whatever JSON a page is made of
    """The same with every character that cannot be drawn named as 〔U+1F600〕."""
    if isinstance(told, str):
        return told if not undrawable(told) else "".join(_named(sign) for sign in told)
    if isinstance(told, dict):
        return {key: printable(value) for key, value in told.items()}
    return [printable(value) for value in told] if isinstance(told, list | tuple) else told


def places() -> list[str]:
    """Where the Chinese faces lie: the packaged font, else the machine's."""
    spec = find_spec(PACKAGE)
    return list(spec.submodule_search_locations or []) if spec else [str(SYSTEM)]


def _named(sign: str) -> str:
    if sign in _BELONGS_TO_THE_ONE_BEFORE:
        return ""
    return sign if sign.isspace() or ord(sign) in _drawn() else f"〔U+{ord(sign):04X}〕"


@cache
def _drawn() -> frozenset[int]:
    """Every character the face has, once per process."""
    collections = sorted(file for place in places() for file in Path(place).rglob("NotoSansCJK*.ttc"))
    if not collections:
        return frozenset(range(0x110000))  # no face of ours to ask
    with TTCollection(str(collections[0]), lazy=True) as collection:
        return frozenset(collection.fonts[0].getBestCmap())
