"""A reader of QR codes that shares no line with their writer: what a camera would read from a picture."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, ImageFilter
from playwright.sync_api import Locator


def codes_in(picture: bytes | Image.Image, *, blur: float = 0.0) -> list[str]:
    """The texts of the QR codes in a picture; ordinary scanners read no Micro QR, and neither does this."""
    image = picture if isinstance(picture, Image.Image) else Image.open(io.BytesIO(picture))
    seen = image.convert("L").filter(ImageFilter.GaussianBlur(blur)) if blur else image.convert("L")
    return [found.text for found in zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormat.QRCodeModel2)]


def code_shown(element: Locator, *, blur: float = 0.0) -> str:
    """The one QR code in what the browser draws of an element."""
    element.scroll_into_view_if_needed()
    (text,) = codes_in(element.screenshot(), blur=blur)
    return text
