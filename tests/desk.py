"""A browser at the back office's doors: ``signed_in(actor)`` is past password and second factor.

Requests run in a context without a scope, so one that the test has open opens nothing for the view.
"""

from __future__ import annotations

import contextvars
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

import kernel.scope
from kernel.actor import Actor
from kernel.scope import scope
from tenancy.doors import EPOCH, INSTITUTION, SEEN, STARTED, VERIFIED
from tenancy.models import Institution, Staff


class Browser(Client):
    """A test client that carries no scope of the test into the view.

    The rest of the context goes along: while a browser is open in this process, the test's database
    connection is kept there.
    """

    def request(self, **request: Any) -> Any:
        context = contextvars.copy_context()
        context.run(kernel.scope._institution.set, None)
        return context.run(super().request, **request)


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
