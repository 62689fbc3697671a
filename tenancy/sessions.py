"""A colleague's session: begun after the password, whole after the second factor, ended on the server."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import login, logout
from django.http import HttpRequest

from tenancy.doors import EPOCH, INSTITUTION, SEEN, STARTED, VERIFIED
from tenancy.models import Staff


def begin_session(request: HttpRequest, staff: Staff, *, now: datetime) -> None:
    """The password was right. The session gets a new id and still opens nothing but the second factor."""
    request.session.flush()
    login(request, staff, backend="tenancy.backend.InstitutionBackend")
    request.session[INSTITUTION] = str(staff.institution_id)
    request.session[EPOCH] = staff.session_epoch
    request.session[STARTED] = now.timestamp()
    request.session[SEEN] = now.timestamp()
    request.session[VERIFIED] = False


def complete_session(request: HttpRequest, *, now: datetime) -> None:
    """The second factor was right. New id again; the twelve hours count from here."""
    request.session.cycle_key()
    request.session[VERIFIED] = True
    request.session[STARTED] = now.timestamp()
    request.session[SEEN] = now.timestamp()


def keep_only_this_session(request: HttpRequest, staff: Staff) -> None:
    """After a grave change: this session goes on under a new id, every other one has ended."""
    verified, started, seen = (request.session.get(name) for name in (VERIFIED, STARTED, SEEN))
    login(request, staff, backend="tenancy.backend.InstitutionBackend")
    request.session.cycle_key()
    request.session[INSTITUTION] = str(staff.institution_id)
    request.session[EPOCH] = staff.session_epoch
    request.session[VERIFIED], request.session[STARTED], request.session[SEEN] = verified, started, seen


def end_session(request: HttpRequest) -> None:
    logout(request)
