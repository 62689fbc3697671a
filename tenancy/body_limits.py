"""How much a request may bring, asked before a byte of it is read.

Django reads a form to find its token, and spools what is large to disk, before any view asks who is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from kernel.errors import Denied
from kernel.problem import problem
from kernel.wire import Malformed, TooLarge
from tenancy.doors import View, not_signed_in
from tenancy.roles import PERMISSION_LABELS

PLAIN = 1024 * 1024  # a form or JSON without files; never more than what is kept in memory
SHEET = 2 * 1024 * 1024  # a table of rows and the rest of its form


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """The view behind a staff door takes files; a whole request may have so many bytes. Stands outermost."""

    def decorate(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]  # read below and by the guard test
        return view

    return decorate


class BodyLimitMiddleware:
    """Refuses what is too large, and files of whoever may not bring any, by size and place alone.

    Stands before the check of the form's token: that one reads the form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: Any,
        view: Any,
        _args: Any,
        _kwargs: Any,  # Any: Django's signature
    ) -> HttpResponse | None:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not (announced.isascii() and announced.isdecimal()):
            return problem(request, Malformed(where="Content-Length"))
        size = int(announced)
        most = getattr(view, "most_bytes", PLAIN)
        if size > most:
            return problem(request, TooLarge())
        if size <= PLAIN:
            return None
        turned_away = not_signed_in(request, timezone.now())
        if turned_away is None and not request.user.may(view.door.permission):
            label = str(PERMISSION_LABELS[view.door.permission])
            turned_away = problem(request, Denied(permission=label))
        return turned_away
