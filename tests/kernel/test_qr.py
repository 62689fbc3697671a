"""Every QR code is one that ordinary scanners read, whatever it holds and wherever it is drawn."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import segno
from PIL import Image

from kernel import qr
from tests.qr_reader import codes_in
from tests.services import ROOT
from tests.walk import python_files, short

TICKET = "K7QM-2XWP-9RTB"
LINK = "https://hequ.example.cn/h/hequ-bank/ab3k9m2p/?ch=branch-counter~" + "q" * 43
_HALF_BLOCKS = {" ": (0, 0), "▀": (255, 0), "▄": (0, 255), "█": (255, 255)}


@pytest.mark.parametrize("text", ["7", TICKET, LINK, "otpauth://totp/合趣:lin.yue@bank?secret=ABCDEFGH"])
def test_the_terminal_shows_a_code_that_scans(text: str) -> None:
    assert codes_in(_painted(qr.terminal(text, coloured=False))) == [text]


def test_a_coloured_terminal_shows_light_on_dark_whatever_its_own_colours_are() -> None:
    lines = qr.terminal(LINK, coloured=True).splitlines()

    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)


@pytest.mark.parametrize("text", ["7", TICKET, LINK])
def test_every_picture_keeps_the_quiet_zone_and_paints_its_paper(text: str) -> None:
    """Four modules of white on every side, on a page of any colour."""
    side = segno.make_qr(text, error="m").symbol_size(border=4)[0]

    for drawn in (qr.svg_inline(text), qr.svg_file(text).decode()):
        assert f"{side}" in drawn
        assert 'fill="#fff"' in drawn


def test_the_reader_takes_no_micro_qr_for_a_code() -> None:
    """What the ticket once showed: read by no scanner, and not by this reader."""
    sink = io.BytesIO()
    segno.make(TICKET, error="m", micro=True).save(sink, kind="png", scale=8, border=4)

    assert codes_in(sink.getvalue()) == []


def test_codes_are_drawn_in_one_place() -> None:
    elsewhere = [short(path) for path in python_files() if "segno" in path.read_text()]

    assert elsewhere == [short(ROOT / Path("kernel/qr.py"))]


def _painted(lines: str) -> Image.Image:
    """The terminal's half blocks as pixels, eight wide, dark where nothing is printed."""
    rows: list[bytes] = []
    for line in lines.splitlines():
        for half in (0, 1):
            rows.append(bytes(_HALF_BLOCKS[sign][half] for sign in line))
    picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    return picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST)
