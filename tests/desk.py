"""A browser at the back office's doors: ``signed_in(actor)`` is past password and second factor.

Requests run in a fresh context, so a scope that the test has open does not open anything for the view.
"""

from __future__ import annotations

import contextvars
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from kernel.actor import Actor
from kernel.scope import scope
from tenancy.doors import EPOCH, INSTITUTION, SEEN, STARTED, VERIFIED
from tenancy.models import Institution, Staff


class Browser(Client):
    """A test client that carries nothing of the test's context into the view."""

    def request(self, **request: Any) -> Any:
        return contextvars.Context().run(super().request, **request)


def signed_in(actor: Actor, *, verified: bool = True) -> Browser:
    """A browser whose session is complete (or, with ``verified=False``, past the password only)."""
    staff = _anywhere(actor)
    now = timezone.now().timestamp()
    browser = Browser(headers={"accept-language": "zh-hans"})
    session = browser.session
    session[SESSION_KEY] = str(staff.id)
    session[BACKEND_SESSION_KEY] = "tenancy.backend.InstitutionBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session[INSTITUTION] = str(staff.institution_id)
    session[EPOCH] = staff.session_epoch
    session[STARTED] = session[SEEN] = now
    session[VERIFIED] = verified
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


def _anywhere(actor: Actor) -> Staff:
    """The colleague, whichever institution is theirs."""
    for institution in Institution.objects.all():
        with scope(institution.id):
            found = Staff.objects.filter(id=actor.id).first()
        if found is not None:
            return found
    raise LookupError(actor.id)
