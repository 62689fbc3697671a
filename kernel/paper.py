"""What every printed page needs: faces that know Chinese."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

_FONT_PACKAGE = "manimgx_fonts_cjk"
_SYSTEM_FONTS = Path("/usr/share/fonts")


@cache
def fonts() -> typst.Fonts:
    """The Chinese faces: the packaged font, else the machine's. Read once per process."""
    spec = find_spec(_FONT_PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else [str(_SYSTEM_FONTS)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)
