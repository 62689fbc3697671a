"""Whatever a phone asks of this process is answered as the phones' role, as in production.

The connection steps down for the length of the request: rows that a test laid down without committing are
there for it, and what the role may not do PostgreSQL refuses.
"""

from __future__ import annotations

from typing import Any

import psycopg2
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from config.middleware import DESK_PREFIXES

_answered = BaseHandler.get_response


def phones_step_down() -> None:
    """From now on, in this process."""
    BaseHandler.get_response = _as_phones  # type: ignore[method-assign]  # for tests only


def _as_phones(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
    if (
        request.path_info.startswith((*DESK_PREFIXES, "/fail/")) or not _connected()
    ):  # faults are the tests' own
        return _answered(self, request)
    _say(f"SET ROLE {settings.PHONES_ROLE}")
    try:
        return _answered(self, request)
    finally:
        _say("RESET ROLE")


def _connected() -> bool:
    """A test without a database asks without one."""
    try:
        connection.ensure_connection()
    except RuntimeError:
        return False
    return True


def _say(word: str) -> None:
    """Beside Django, which neither counts nor logs it. After a failed statement the rollback does it."""
    driver: Any = connection.connection
    if driver is None or driver.closed:
        return
    if driver.get_transaction_status() == TRANSACTION_STATUS_IDLE:
        riders: list[Any] = [each for each in connection.execute_wrappers if hasattr(each, "sent")]
        for rider in riders:  # the scope's: nothing rides on this transaction yet
            rider.sent, rider.sure = None, True
    try:
        with driver.cursor() as cursor:
            cursor.execute(word)
    except psycopg2.Error:
        return
