"""Opens the institution's scope for a signed-in colleague, before anything asks who that is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kernel.scope import scope
from tenancy.doors import INSTITUTION

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
        with scope(UUID(institution_id)):
            return self.get_response(request)
