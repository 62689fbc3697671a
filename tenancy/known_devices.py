"""A device on which a colleague has signed in fully is not counted with strangers.

Twenty wrong passwords from anywhere fill an account's limit; the colleague who must stop a campaign in that
quarter of an hour comes in from a device that is known. The cookie opens nothing: password and second factor
are asked as ever, under limits of its own (NIST SP 800-63B-4, 3.2.2: throttling a genuine user gets past).
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kernel.errors import NotFound
from kernel.scope import scope
from tenancy.models import Staff
from tenancy.scope import institution_by_slug

LASTS = timedelta(days=180)


def remember_device(request: HttpRequest, response: HttpResponseBase, staff: Staff) -> None:
    """After the second factor: known for this account until its password or its authenticator changes."""
    known = _read(request)
    device = known[0] if known else secrets.token_hex(8)
    told = _signer().sign_object([device, str(staff.id), staff.session_epoch])
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        told,
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def device_known_to(request: HttpRequest, username: str) -> str | None:
    """The device's number if ``username@slug`` signed in on it and nothing was reset since; else None."""
    known = _read(request)
    name, _, slug = username.strip().rpartition("@")
    if known is None or not name:
        return None
    device, staff_id, epoch = known
    try:
        institution = institution_by_slug(slug)
    except NotFound:
        return None
    with scope(institution.id):
        fits = Staff.objects.filter(id=staff_id, username=name, session_epoch=epoch, is_active=True).exists()
    return device if fits else None


def device_of_colleague(request: HttpRequest, staff: Staff) -> str | None:
    """The same for somebody whose password was right already."""
    known = _read(request)
    return known[0] if known and known[1:] == (str(staff.id), staff.session_epoch) else None


def _read(request: HttpRequest) -> tuple[str, str, Any] | None:
    try:
        device, staff_id, epoch = _signer().unsign_object(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), max_age=LASTS
        )
    except (BadSignature, ValueError, TypeError):
        return None
    return device, staff_id, epoch


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="tenancy.known_devices")
