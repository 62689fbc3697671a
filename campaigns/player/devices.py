"""Which phone, and which container, a request comes from: told by cookies that the server signed.

The device cookie outlives a forgotten pseudonym and is only ever compared, as a digest made for one campaign.
The container is decided when a page is loaded: a page that was opened inside WeChat stays a WeChat page for
the calls that follow, whatever user agent they name; a call without a signed container carries no invitation.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from campaigns.parties import Device
from campaigns.player.doors import Visit
from kernel import keyring
from kernel.crypto import blind_index
from kernel.key_models import InstitutionKey
from tenancy.visitor import address_of

DEVICE_KEPT = timedelta(days=400)
CONTAINER_KEPT = timedelta(days=1)
INVITATION_KEPT = timedelta(days=30)
LONGEST_INVITATION = 32
WECHAT, OPEN = "wechat", "open"
_SALT = "campaigns.player.devices"


def device_of(request: HttpRequest, visit: Visit) -> Device:
    """The phone in hand, as digests that say nothing outside this campaign."""
    secret = keyring.writing_key(InstitutionKey.Purpose.INDEX, now=visit.now).secret
    marker = _read(request, _name("device", visit)) or f"none:{visit.participant_id}"
    network = f"{address_of(request)}|{request.headers.get('User-Agent', '')}"

    def digest(kind: str, value: str) -> bytes:
        return blind_index(f"{visit.code}|{value}", secret=secret, kind=kind)

    return Device(digest("device", marker), digest("network", network), invites_here(request, visit))


def mark_page(request: HttpRequest, response: HttpResponse, visit: Visit) -> HttpResponse:
    """Sign what this page was opened in, on which device, and by whose invitation."""
    if _read(request, _name("device", visit)) is None:
        _keep(response, _name("device", visit), secrets.token_urlsafe(18), DEVICE_KEPT)
    container = WECHAT if in_wechat(request) else OPEN
    _keep(response, _name("container", visit), f"{container}.{int(visit.now.timestamp())}", CONTAINER_KEPT)
    invitation = request.GET.get("p", "")
    if 0 < len(invitation) <= LONGEST_INVITATION and invitation.isascii():
        _keep(response, _invitation_name(visit), invitation, INVITATION_KEPT)
    return response


def invitation_of(request: HttpRequest, visit: Visit) -> str:
    """The invitation this phone followed to the campaign, if any."""
    return _read(request, _invitation_name(visit)) or ""


def forget_invitation(response: HttpResponse, visit: Visit) -> HttpResponse:
    """The response after which this phone follows no invitation."""
    response.set_cookie(
        _invitation_name(visit),
        "",
        max_age=0,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def in_wechat(request: HttpRequest) -> bool:
    """WeChat, WeCom and their mini programs name themselves."""
    agent = request.headers.get("User-Agent", "").lower()
    return "micromessenger" in agent or "wxwork" in agent


def invites_here(request: HttpRequest, visit: Visit) -> bool:
    """Only a page that was opened outside WeChat, less than a day ago, and is still outside."""
    if in_wechat(request):
        return False
    container, _, since = (_read(request, _name("container", visit)) or "").partition(".")
    if container != OPEN or not since.isdigit():
        return False
    return visit.now - CONTAINER_KEPT <= datetime.fromtimestamp(int(since), tz=visit.now.tzinfo)


def _name(what: str, visit: Visit) -> str:
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}hequ-{what}-{visit.institution.slug}"


def _invitation_name(visit: Visit) -> str:
    return f"{_name('party', visit)}-{visit.code}"


def _read(request: HttpRequest, name: str) -> str | None:
    try:
        return Signer(salt=f"{_SALT}.{name}").unsign(request.COOKIES[name])
    except (KeyError, BadSignature):
        return None


def _keep(response: HttpResponse, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(
        name,
        Signer(salt=f"{_SALT}.{name}").sign(value),
        max_age=age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
