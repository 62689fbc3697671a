"""The pass phrase of a demo that listens to a network: every persona is one tap away, so strangers stay out.

A phrase lets one browser in and is replaced by the next, which that browser shows for another device. It lies
in the data folder beside the demo's other secrets; a demo on this machine only has none.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.core import signing
from django.http import HttpRequest, HttpResponse

from config.embedded.services import write_private

FILE = "pass-phrase"
_COOKIE, _SALT, _HOURS = "hequ_demo", "hequ.demo.pass-phrase", 12
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_LOCAL = ("127.0.0.1", "::1", "localhost")


def place_phrase(folder: Path, host: str) -> str:
    """The first phrase of a run, where others can reach it; none, and no old one left, where nobody can."""
    for spent in folder.glob(f"{FILE}-*.spent"):
        spent.unlink()
    if host in _LOCAL:
        (folder / FILE).unlink(missing_ok=True)
        return ""
    write_private(folder / FILE, _fresh())
    return (folder / FILE).read_text()


def current() -> str:
    """The phrase that lets the next browser in; empty where none is asked for."""
    try:
        return _file().read_text().strip()
    except FileNotFoundError:
        return ""


def may_enter(request: HttpRequest) -> bool:
    """Whether the doors are open to this browser."""
    if not current():
        return True
    try:
        signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature:
        return False
    return True


def spend(typed: str) -> bool:
    """Whether this is the phrase; it is good for one browser, and of two at once for one."""
    phrase = current()
    if not phrase or not hmac.compare_digest(typed.strip().lower().encode(), phrase.encode()):
        return False
    digest = hashlib.sha256(phrase.encode()).hexdigest()[:16]
    try:
        _file().with_name(f"{FILE}-{digest}.spent").touch(exist_ok=False)
    except FileExistsError:
        return False
    write_private(_file(), _fresh())
    return True


def let_in(response: HttpResponse) -> None:
    """Remember the browser that brought the phrase."""
    kept = signing.dumps("in", salt=_SALT)
    response.set_cookie(_COOKIE, kept, max_age=_HOURS * 3600, httponly=True, samesite="Strict", path="/demo/")


def _file() -> Path:
    return Path(os.environ["HEQU_DATA"]) / FILE


def _fresh() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _sign in range(4)) for _part in range(3))
