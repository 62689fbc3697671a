"""Who is holding the phone: a signed cookie with a pseudonym for each institution, no session table.

A second cookie names the pseudonym under which a phone will begin. It is handed out with the first answer,
before anything is begun, so that calls made side by side begin as one visitor, whichever answer comes last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

KEPT = timedelta(days=180)
_SALT = "campaigns.player.session"
_COMING = ".coming"


def participant_in(request: HttpRequest, *, institution_id: UUID, slug: str, now: datetime) -> UUID | None:
    """The participant of this institution that the cookie names, or None.

    A cookie of another institution, of another key, changed or too old names nobody.
    """
    return _named(request, cookie_name(slug), institution_id, now)


def coming_in(request: HttpRequest, *, institution_id: UUID, slug: str, now: datetime) -> UUID | None:
    """The pseudonym this phone was given to begin under, or None. Nobody may have begun under it yet."""
    return _named(request, coming_name(slug), institution_id, now)


def _named(request: HttpRequest, name: str, institution_id: UUID, now: datetime) -> UUID | None:
    cookie = request.COOKIES.get(name)
    if cookie is None:
        return None
    try:
        told = _signer(name).unsign(cookie)
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
    _name(response, cookie_name(slug), institution_id, participant_id, now)


def promise(
    response: HttpResponse, *, institution_id: UUID, slug: str, participant_id: UUID, now: datetime
) -> None:
    """Hand the phone the pseudonym under which it will begin."""
    _name(response, coming_name(slug), institution_id, participant_id, now)


def _name(
    response: HttpResponse, name: str, institution_id: UUID, participant_id: UUID, now: datetime
) -> None:
    told = f"{institution_id.hex}.{participant_id.hex}.{_base36(int(now.timestamp()))}"
    response.set_cookie(
        name,
        _signer(name).sign(told),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, *, slug: str) -> None:
    """Take the pseudonyms back, after a person asked to be forgotten."""
    for name in (cookie_name(slug), coming_name(slug)):
        response.set_cookie(
            name, "", max_age=0, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )


def cookie_name(slug: str) -> str:
    """Over HTTPS the browser itself holds the cookie to this host, this path and encryption."""
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}hequ-{slug}"


def coming_name(slug: str) -> str:
    """Beside the pseudonym's own cookie. No slug holds a dot."""
    return cookie_name(slug) + _COMING


def _signer(name: str) -> Signer:
    """What is signed for one cookie is worth nothing in the other."""
    return Signer(salt=_SALT + (_COMING if name.endswith(_COMING) else ""))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
