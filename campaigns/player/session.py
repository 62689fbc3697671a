"""Who is holding the phone: a signed cookie with a pseudonym for each institution, no session table."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

KEPT = timedelta(days=180)
_SALT = "campaigns.player.session"


def participant_in(request: HttpRequest, *, institution_id: UUID, slug: str, now: datetime) -> UUID | None:
    """The participant of this institution that the cookie names, or None.

    A cookie of another institution, of another key, changed or too old names nobody.
    """
    cookie = request.COOKIES.get(cookie_name(slug))
    if cookie is None:
        return None
    try:
        told = _signer().unsign(cookie)
        institution, participant, issued = told.split(".")
        age = now.timestamp() - int(issued, 36)
        known = UUID(institution) == institution_id and -60 <= age <= KEPT.total_seconds()
        return UUID(participant) if known else None
    except (BadSignature, ValueError):
        return None


def remember(
    response: HttpResponse, *, institution_id: UUID, slug: str, participant_id: UUID, now: datetime
) -> None:
    """Hand the phone its pseudonym."""
    told = f"{institution_id.hex}.{participant_id.hex}.{_base36(int(now.timestamp()))}"
    response.set_cookie(
        cookie_name(slug),
        _signer().sign(told),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, *, slug: str) -> None:
    """Take the pseudonym back, after a person asked to be forgotten."""
    response.set_cookie(
        cookie_name(slug), "", max_age=0, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def cookie_name(slug: str) -> str:
    """Over HTTPS the browser itself holds the cookie to this host, this path and encryption."""
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}hequ-{slug}"


def _signer() -> Signer:
    return Signer(salt=_SALT)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
