"""Start-up checks: what must never reach production stops the start, with a hint."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from config.database_checks import (
    the_database_is_not_older_than_the_list,
    the_database_keeps_institutions_apart,
)
from config.database_roles import phones_run_as_a_role_of_their_own
from config.key_checks import production_keeps_sound_keys
from kernel.typed import typed_address

log = logging.getLogger("hequ.start")

# What everyone can read in this repository: the defaults of tests and demo, the samples of .env.example.
_KNOWN_KEYS = (
    "harmless",
    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI",
    "L4xhKdgWz1HDdLx/CMPmPtFWz3iu+0plUNl7h5l5d+4",  # the public half of the one before
    "ZGVzayBrZXkgb2YgdGVzdHMgYW5kIHRoZSBkZW1vISE",
    "HuFeuM6TBOdylVNs0KM2r+lB34CXls+Tpw3Z/mUY3SE",  # the public half of the one before
)
_SAMPLE_PASSWORD = "change-me"  # noqa: S105 - the very word that is refused


def demo_doors_stay_in_the_demo(**_asked: Any) -> list[CheckMessage]:
    """One-tap sign-in and the SMS simulator open only in the demo."""
    if settings.DEMO_DOORS and not settings.DEMO:
        hint = "Unset DEMO_DOORS, or set HEQU_MODE=demo on a machine without real customers."
        return [
            Error("The demo's one-tap sign-in is switched on outside the demo.", hint=hint, id="hequ.E001")
        ]
    return []


def production_keeps_no_harmless_secret(**_asked: Any) -> list[CheckMessage]:
    """The secrets that tests and demo fall back on are known to everyone."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if "harmless" in settings.SECRET_KEY or len(settings.SECRET_KEY) < 50:
        hint = "Use at least 50 random characters."
        found.append(Error("SECRET_KEY is too weak for production.", hint=hint, id="hequ.E002"))
    if any(known in settings.MASTER_KEYS for known in _KNOWN_KEYS):
        found.append(Error("MASTER_KEYS is the tests' one.", hint="Make your own.", id="hequ.E003"))
    for name in ("SEAL_KEYS", "SEAL_PUBLIC_KEYS", "DESK_KEYS", "DESK_PUBLIC_KEYS"):
        if any(known in getattr(settings, name) for known in _KNOWN_KEYS):
            found.append(Error(f"{name} is the tests' one.", hint="Make your own.", id="hequ.E006"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        hint = "Name the hosts phones and staff use."
        found.append(Error("ALLOWED_HOSTS is open or empty.", hint=hint, id="hequ.E004"))
    return found


def production_keeps_no_sample_password(**_asked: Any) -> list[CheckMessage]:
    """The passwords of ``.env.example`` are for reading, not for use."""
    addresses = [
        str(settings.DATABASES["default"].get("PASSWORD", "")),
        settings.REDIS_URL,
        settings.CACHE_URL,
    ]
    if settings.PRODUCTION and any(_SAMPLE_PASSWORD in address for address in addresses):
        hint = "Choose passwords for DATABASE_URL, REDIS_URL and CACHE_URL."
        return [Error("A password is the sample's.", hint=hint, id="hequ.E007")]
    return []


def redis_knows_its_users(**_asked: Any) -> list[CheckMessage]:
    """Whoever can write into Redis can lose messages and sign people out: it asks for a password."""
    addresses = {"REDIS_URL": settings.REDIS_URL, "CACHE_URL": settings.CACHE_URL}
    open_ones = [name for name, address in addresses.items() if not typed_address(address).password]
    if not settings.PRODUCTION or not open_ones:
        return []
    hint = "Write it as redis://user:password@host:port/0; deploy/redis/start.sh makes the users."
    return [Error(f"{' and '.join(open_ones)}: Redis without a password.", hint=hint, id="hequ.E010")]


def production_speaks_in_cipher(**_asked: Any) -> list[CheckMessage]:
    """Pages, cookies and text messages with one-time codes never travel in clear."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if typed_address(settings.SMS_ENDPOINT).scheme != "https":
        found.append(Error("SMS_ENDPOINT is in clear.", hint="Write it as https://….", id="hequ.E011"))
    if not settings.HTTPS:
        hint = "Leave HTTPS at true; the proxy in front ends TLS."
        found.append(Error("HTTPS is switched off.", hint=hint, id="hequ.E012"))
    return found


def production_brings_its_own_servers(**_asked: Any) -> list[CheckMessage]:
    """The PostgreSQL and Redis that demo and tests bring along are for one machine without customers."""
    if settings.PRODUCTION and settings.EMBEDDED_SERVICES:
        hint = "Name servers of your own in DATABASE_URL, REDIS_URL and CACHE_URL."
        return [Error("The demo's own servers in production.", hint=hint, id="hequ.E014")]
    return []


def links_lead_to_us(**_asked: Any) -> list[CheckMessage]:
    """Links, QR codes and posters carry these addresses: each is bare, ours and, in production, encrypted."""
    found: list[CheckMessage] = []
    written = [name for name in ("PUBLIC_URL", "BACK_OFFICE_URL", "CONSOLE_URL") if getattr(settings, name)]
    for name in written or ["PUBLIC_URL"]:
        address = typed_address(getattr(settings, name))
        schemes = {"https"} if settings.PRODUCTION else {"http", "https"}
        bare = address.path in {"", "/"} and not (address.query or address.fragment or address.username)
        if address.scheme not in schemes or not bare or not address.hostname:
            hint = "Write it as https://h5.example.cn, without a path."
            found.append(Error(f"{name} is no address of a site.", hint=hint, id="hequ.E008"))
        elif not validate_host(address.hostname, settings.ALLOWED_HOSTS):
            hint = "Name its host in ALLOWED_HOSTS."
            found.append(Error(f"{name} leads to a host we do not answer for.", hint=hint, id="hequ.E009"))
    return found


def phones_and_back_office_have_names_of_their_own(**_asked: Any) -> list[CheckMessage]:
    """A name that phones reach answers no sign-in of a colleague or an operator."""
    addresses = (settings.PUBLIC_URL, settings.BACK_OFFICE_URL, settings.CONSOLE_URL)
    names = [name for address in addresses if (name := typed_address(address).hostname)]
    if not settings.PRODUCTION or len(names) == len(set(names)):
        return []
    hint = "Give PUBLIC_URL, BACK_OFFICE_URL and CONSOLE_URL a host name each."
    return [Error("Phones and the back office share a name.", hint=hint, id="hequ.E019")]


def the_runtime_role_cannot_migrate(**_asked: Any) -> list[CheckMessage]:
    """Web and workers run without the owner's address."""
    ours = settings.PHONES_ROLE if settings.SERVES_PHONES_ONLY else settings.RUNTIME_ROLE
    if settings.PRODUCTION and settings.DATABASES["default"]["USER"] != ours:
        hint = f"DATABASE_URL must sign in as {ours}; OWNER_DATABASE_URL is for migrations."
        return [Error("The platform would run as a role it should not.", hint=hint, id="hequ.E005")]
    return []


def stop_unsafe_start() -> None:
    """For processes that start without Django's command line and its checks. Asks the database, too.

    Raises ImproperlyConfigured naming everything that is wrong.
    """
    found = [message for check in OF_SETTINGS for message in check()]
    found = found or the_database_keeps_institutions_apart() or phones_run_as_a_role_of_their_own()
    found = found or the_database_is_not_older_than_the_list()
    if found:
        told = " ".join(f"{wrong.msg} {wrong.hint}" for wrong in found)
        log.critical("the start is refused: %s", told)  # of what nobody caught a log says no message
        raise ImproperlyConfigured(told)


OF_SETTINGS = (
    demo_doors_stay_in_the_demo,
    production_keeps_no_harmless_secret,
    production_keeps_sound_keys,
    production_keeps_no_sample_password,
    redis_knows_its_users,
    production_speaks_in_cipher,
    production_brings_its_own_servers,
    the_runtime_role_cannot_migrate,
    links_lead_to_us,
    phones_and_back_office_have_names_of_their_own,
)
