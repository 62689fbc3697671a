"""Middleware by need: a customer's phone does not pay for the back office's session.

Sessions, staff authentication and messages belong to the back office (and the demo's sign-in page); elsewhere
they step aside. The protective headers go on every answer. (Django's own middleware can also be awaited:
hence the ``Any``; ours runs under WSGI only.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from kernel.addresses import back_office_address

DESK_PREFIXES = ("/desk/", "/demo/")

_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; frame-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class HeadersMiddleware:
    """The protective headers, for every answer, static files and refusals included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.always = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "SAMEORIGIN",
            "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if settings.SECURE_HSTS_SECONDS:
            self.always["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        for name, value in self.always.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", _STRICT)
        return response


class PhonesOnlyMiddleware:
    """In a process for phones: the back office is elsewhere, and nobody does its work here.

    A reader is led to its address; what is sent to the wrong process is refused before it is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.SERVES_PHONES_ONLY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(DESK_PREFIXES):
            return self.get_response(request)
        elsewhere = settings.BACK_OFFICE_URL != settings.PUBLIC_URL
        if elsewhere and request.method in {"GET", "HEAD"}:
            return HttpResponseRedirect(back_office_address(request.get_full_path()))
        return HttpResponse(status=421)


class DeskSessionMiddleware(SessionMiddleware):
    """Sessions for the back office only."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(DESK_PREFIXES):
            return super().__call__(request)
        return self.get_response(request)


class DeskAuthenticationMiddleware(AuthenticationMiddleware):
    """Staff identity for the back office; nobody elsewhere."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(DESK_PREFIXES):
            return super().__call__(request)
        request.user = AnonymousUser()
        return self.get_response(request)


class DeskMessageMiddleware(MessageMiddleware):
    """One-time messages for the back office only."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(DESK_PREFIXES):
            return super().__call__(request)
        return self.get_response(request)
