"""What every printed page needs: faces that know Chinese, and one way from data to the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from kernel.typeface import places, printable


@cache
def fonts() -> typst.Fonts:
    """The Chinese faces: the packaged font, else the machine's. Read once per process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places())


def printed(template: Path, told: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF that `template` makes of `told`, which it reads as ``json(bytes(sys.inputs.told))``.

    The same template, data and moment give the same bytes. Raises typst.TypstError.
    """
    return typst.compile(
        str(template),
        root=str(template.parent),
        format="pdf",
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(printable(dict(told)), ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
