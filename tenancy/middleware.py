"""Opens the institution's scope for a signed-in colleague, and takes out of every form what nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict

from kernel.desk_keys import desk_session
from kernel.problem import PASSWORDS, problem
from kernel.scope import scope
from kernel.visible import hidden_in, visible
from kernel.wire import TooLarge
from tenancy.doors import INSTITUTION
from tenancy.uploads import tell_hidden

DESK = "/desk/"


class DeskScopeMiddleware:
    """Back-office pages run in the scope of the session's institution. Stands before authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            return self.get_response(request)
        institution_id = request.session.get(INSTITUTION)
        if institution_id is None:
            return self.get_response(request)
        named = desk_session.set(sha256(f"{request.session.session_key}".encode()).hexdigest()[:32])
        try:
            with scope(UUID(institution_id)):
                return self.get_response(request)
        finally:
            desk_session.reset(named)


class VisibleTextMiddleware:
    """Every form reaches its view without the marks that `kernel.visible` takes out; the writer is told.

    Passwords stay as typed. JSON is taken as seen where it is read, and told here: a script shows the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if count := getattr(request, "hidden_marks", 0):
            response.headers["X-Hidden-Marks"] = str(count)
        return response

    def process_view(
        self,
        request: HttpRequest,
        _view: Any,
        _args: Any,
        _kwargs: Any,  # Any: Django's signature
    ) -> HttpResponse | None:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        try:
            sent = request.POST
        except RequestDataTooBig:
            return problem(request, TooLarge())
        count = sum(hidden_in(text) for _, texts in self._seen(sent) for text in texts)
        if not count:
            return None
        seen = QueryDict(mutable=True)
        for name in sent:
            seen.setlist(name, sent.getlist(name))
        for name, texts in self._seen(sent):
            seen.setlist(name, [visible(text) for text in texts])
        seen._mutable = False  # what Django itself does with a form it has read
        request.POST = seen  # type: ignore[assignment]  # the stubs know only the form as it came
        tell_hidden(request, count)
        return None

    def _seen(self, sent: QueryDict) -> list[tuple[str, list[str]]]:
        return [(name, sent.getlist(name)) for name in sent if name not in PASSWORDS]
