"""Where a request comes from, told only by proxies we placed ourselves."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The visitor's address.

    ``X-Forwarded-For`` is read from the right, as many steps as we run proxies (``PROXY_HOPS``); whatever a
    visitor writes further left is never believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = int(settings.PROXY_HOPS)
    if hops < 1:
        return peer
    trail = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return trail[-hops] if len(trail) >= hops else peer
