"""Doors: who may come in, said on the view itself so that a guard test can walk every URL."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from kernel.actor import Actor
from kernel.errors import Denied, DomainError
from kernel.problem import page_of, problem, wants_json
from kernel.scope import scope_is_open
from tenancy.models import Institution, Staff
from tenancy.roles import PERMISSION_LABELS, Permission

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
INSTITUTION = "institution"
VERIFIED = "verified"
STARTED = "started_at"
SEEN = "seen_at"
EPOCH = "epoch"

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Door:
    """What a view asks of its visitor. ``reason`` says why a public one is public."""

    kind: Literal["staff", "halfway", "participant", "public"]
    permission: Permission | None = None
    reason: str = ""


class SignInNeeded(DomainError):
    code = "sign_in_needed"
    status = 401
    zh = "请先登录。"
    en = "Please sign in first."


class StaffRequest(HttpRequest):
    """A request that has passed ``staff_door``."""

    user: Staff
    actor: Actor
    now: datetime


def staff_door(permission: Permission) -> Callable[[View], View]:
    """Signed in, second factor done, session young enough, permission held.

    A page visitor without a session is sent to sign in and back; a JSON caller gets 401. ``request.actor``
    and ``request.now`` are set. Raises Denied.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now = timezone.now()
            turned_away = not_signed_in(request, now)
            if turned_away is not None:
                return turned_away
            if not request.user.may(permission):
                raise Denied(permission=str(PERMISSION_LABELS[permission]))
            request.actor = request.user.actor
            request.now = now
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.door = Door("staff", permission)  # type: ignore[attr-defined]  # read by the guard tests
        return guarded

    return decorate


def public_door(reason: str) -> Callable[[View], View]:
    """Anyone may come in; the reason is kept for the reader and the guard test."""

    def decorate(view: View) -> View:
        view.door = Door("public", reason=reason)  # type: ignore[attr-defined]  # read by the guard tests
        return view

    return decorate


def halfway_door(view: View) -> View:
    """The password was right, the second factor is still to come: nothing else opens."""

    @functools.wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        step = _missing_step(request, now)
        if step is None:
            return HttpResponseRedirect(reverse("tenancy:home"))
        if step == "tenancy:sign_in":
            return HttpResponseRedirect(reverse(step))
        request.actor = request.user.actor
        request.now = now
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    guarded.door = Door("halfway", reason="between password and second factor")  # type: ignore[attr-defined]  # read by the guard tests
    return guarded


def not_signed_in(request: Any, now: datetime) -> HttpResponse | None:
    """The answer for a visitor without a full session, or None for one who has it."""
    session = request.session
    step = _missing_step(request, now)
    if step is None:
        if "X-Background" not in request.headers:  # a page that refreshes itself keeps nobody signed in
            session[SEEN] = now.timestamp()
        return None
    if step == "tenancy:sign_in":
        session.flush()
    if wants_json(request):
        return problem(request, SignInNeeded())
    back = urlencode({"next": page_of(request) or reverse("tenancy:home")})
    return HttpResponseRedirect(f"{reverse(step)}?{back}")


def _missing_step(request: Any, now: datetime) -> str | None:
    session, staff = request.session, request.user
    if not scope_is_open() or not staff.is_authenticated or not staff.is_active:
        return "tenancy:sign_in"
    if staff.access_until is not None and staff.access_until <= now:
        return "tenancy:sign_in"
    if not Institution.objects.filter(id=staff.institution_id, is_active=True).exists():
        return "tenancy:sign_in"
    if session.get(EPOCH) != staff.session_epoch:
        return "tenancy:sign_in"
    if now.timestamp() - session.get(STARTED, 0) > ABSOLUTE.total_seconds():
        return "tenancy:sign_in"
    if now.timestamp() - session.get(SEEN, 0) > IDLE.total_seconds():
        return "tenancy:sign_in"
    if not session.get(VERIFIED):
        return "tenancy:second_factor"
    return None
