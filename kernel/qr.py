"""QR codes: the one place that draws them, always the full symbol with its quiet zone.

Short texts fit a Micro QR, which cameras, counters and browsers do not read; every symbol here is a full
QR code of ISO/IEC 18004 with the four empty modules around it that scanners look for. Tests read each
picture back with a reader that shares no line with the writer.
"""

from __future__ import annotations

import io
from typing import Any

import segno

QUIET = 4  # modules of empty paper on every side, as the standard asks
_WHITE_ON_BLACK, _RESET = "\x1b[97;40m", "\x1b[0m"


def svg_inline(text: str) -> str:
    """An SVG element that takes the size its page gives it."""
    drawn: str = _symbol(text).svg_inline(border=QUIET, omitsize=True, light="#fff")
    return drawn


def svg_file(text: str) -> bytes:
    """An SVG file, for an image element or a printed sheet."""
    sink = io.BytesIO()
    _symbol(text).save(sink, kind="svg", scale=8, border=QUIET, light="#fff")
    return sink.getvalue()


def svg_address(text: str) -> str:
    """The picture inside a ``data:`` address, for what no other request may fetch."""
    address: str = _symbol(text).svg_data_uri(scale=5, border=QUIET, light="#fff")
    return address


def terminal(text: str, *, coloured: bool) -> str:
    """Lines of half blocks. `coloured` paints light on dark, whatever the terminal's own colours are."""
    sink = io.StringIO()
    _symbol(text, error="l").terminal(out=sink, border=QUIET, compact=True)
    lines = sink.getvalue().splitlines()
    return "\n".join(f"{_WHITE_ON_BLACK}{line}{_RESET}" if coloured else line for line in lines)


def _symbol(text: str, error: str = "m") -> Any:
    return segno.make_qr(text, error=error)
