"""Addresses in full, for links, QR codes and posters: always the configured ones.

The host of a request is what a browser, a proxy or a stranger says; a link made of it leads where they like.
"""

from __future__ import annotations

from django.conf import settings


def public_address(path: str) -> str:
    """``path`` as a customer's phone reaches it."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def back_office_address(path: str) -> str:
    """``path`` as colleagues reach it."""
    return f"{settings.BACK_OFFICE_URL.rstrip('/')}{path}"
