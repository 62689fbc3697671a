"""Whether this process can serve: the database answers, the cache answers."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from redis.exceptions import RedisError

from analytics.queries.patrol import every_ledger_holds
from kernel.wire import json_reply
from tenancy.doors import public_door


@public_door(reason="load balancers ask it; it tells nothing about anybody")
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when PostgreSQL and Redis answer, 503 with the part that does not."""
    _only_from_inside(request)
    parts = {"database": _database_answers(), "cache": _cache_answers()}
    return json_reply(parts, status=200 if all(parts.values()) else 503)


@public_door(reason="the watch over the machines asks it; it tells nothing about anybody")
def ledgerz(request: HttpRequest) -> HttpResponse:
    """200 while every institution's seals hold, 503 from the round that found one broken until it is sound.

    Read from the ledger itself: what Redis forgets changes nothing. Apart from `healthz`: a process with a
    broken ledger still serves, and people must look.
    """
    _only_from_inside(request)
    try:
        holds = every_ledger_holds()
    except DatabaseError:
        return json_reply({"database": False}, status=503)
    return json_reply({"ledger": holds}, status=200 if holds else 503)


def _only_from_inside(request: HttpRequest) -> None:
    """A proxy says for whom it asks; whoever asks a process itself says nothing. Raises Http404."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        raise Http404


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("healthz")
    except (RedisError, OSError):
        return False
    return True
