"""One-tap sign-in as a persona. Mounted only in the demo; a start-up check refuses it elsewhere."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from config.demo import pass_phrase
from config.demo.seed import PERSONAS_FILE
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import NotFound
from kernel.scope import scope
from ledger.record import record
from tenancy.doors import public_door
from tenancy.models import Staff
from tenancy.scope import institution_by_slug
from tenancy.sessions import begin_session, complete_session
from tenancy.throttle import Limit, count_attempt
from tenancy.usecase import usecase
from tenancy.visitor import network_of


@require_http_methods(["GET", "POST"])
@public_door(reason="the demo's list of invented people; mounted only in the demo")
def personas(request: HttpRequest) -> HttpResponse:
    """Everyone who can be tried out, one tap each; in a network only to whoever brought the pass phrase."""
    if not pass_phrase.may_enter(request):
        return _asked_for_phrase(request)
    known = _known()
    links = [*known["h5"], *known.get("games", [])]
    context = {"personas": known["personas"], "links": links, "phrase": pass_phrase.current()}
    return render(request, "demo/personas.html", context)


def _asked_for_phrase(request: HttpRequest) -> HttpResponse:
    """The phrase opens the doors for one browser and is replaced; guesses are counted."""
    if request.method == "GET":
        return render(request, "demo/pass_phrase.html")
    count_attempt([Limit("demo-phrase", network_of(request), 10, 15 * 60)])
    if not pass_phrase.spend(request.POST.get("phrase", "")):
        return render(request, "demo/pass_phrase.html", {"wrong": True}, status=403)
    response = redirect("demo:personas")
    pass_phrase.let_in(response)
    return response


@require_POST
@public_door(reason="the demo's one-tap sign-in; mounted only in the demo")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become a persona. Raises NotFound for anyone else."""
    if not settings.DEMO:
        raise Http404
    if not pass_phrase.may_enter(request):
        return redirect("demo:personas")
    username = request.POST.get("username", "")
    if username not in {who["username"] for who in _known()["personas"]}:
        raise NotFound
    name, _, slug = username.rpartition("@")
    now = timezone.now()
    with scope(institution_by_slug(slug).id):
        staff = sign_in_persona(actor=SYSTEM, username=name, now=now)
        begin_session(request, staff, now=now)
        complete_session(request, now=now)
    return redirect("/desk/")


@usecase(by="system")
def sign_in_persona(*, actor: Actor, username: str, now: datetime) -> Staff:
    """Let a persona in without password and code. Raises NotFound."""
    staff: Staff | None = Staff.objects.filter(username=username, is_active=True).first()
    if staff is None:
        raise NotFound
    record("tenancy.signed_in", actor=actor, subject=Ref("staff", staff.id), at=now, way="demo")
    return staff


def _known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(os.environ["HEQU_DATA"]) / PERSONAS_FILE).read_text())
    return found
