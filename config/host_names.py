"""Phones, back office and the operators' console have names of their own; each answers its own only.

nginx leads by name (``deploy/nginx``); this holds where a proxy is set wrongly, too.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kernel.typed import typed_address

PHONES = ("/h/",)
BACK_OFFICE = ("/desk/", "/demo/")
CONSOLE = ("/console/",)
FROM_INSIDE = ("/healthz/",)  # asked of a process itself: see config.health


def kept_from() -> dict[str, tuple[str, ...]]:
    """For each name of ours, what it never answers: the addresses of the others."""
    own: dict[str, set[str]] = {}
    for address, prefixes in (
        (settings.PUBLIC_URL, PHONES),
        (settings.BACK_OFFICE_URL, BACK_OFFICE),
        (settings.CONSOLE_URL, CONSOLE),
    ):
        if name := typed_address(address).hostname:
            own.setdefault(name, set()).update(prefixes)
    everything = {*PHONES, *BACK_OFFICE, *CONSOLE}
    return {name: tuple(sorted(everything - prefixes)) for name, prefixes in own.items()}


class HostNamesMiddleware:
    """An address asked by another's name is not there, whoever asks, signed in or not.

    A name that is none of these (a container's) answers health only. Where phones and back office share a
    name (demo, tests) there is nothing to hold apart.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if typed_address(settings.PUBLIC_URL).hostname == typed_address(settings.BACK_OFFICE_URL).hostname:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.kept_from = kept_from()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = typed_address(f"//{request.get_host()}").hostname or ""
        asked = f"{request.path_info}/"
        refused = self.kept_from.get(name)
        if asked.startswith(refused) if refused is not None else not asked.startswith(FROM_INSIDE):
            return HttpResponse(status=404)
        return self.get_response(request)
