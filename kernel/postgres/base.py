"""The connection to PostgreSQL: a restart of the server costs a wait, not an error.

``CONN_HEALTH_CHECKS`` lets Django ask ``is_usable`` once a request. Its own answer costs a statement; ours
looks whether the server has closed its end, as it has after a restart or a crash.
"""

from __future__ import annotations

import select
import time
from typing import Any, ClassVar

import psycopg2
from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_UNKNOWN

# How long a request waits for a server on its way up, counted from when this process first missed it: in a
# long outage everybody is refused at once. Longer than a crash takes to recover on a busy machine, shorter
# than phones and the proxy in front wait.
PATIENCE = 8.0
PAUSE = 0.1
_BROKEN = (TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_UNKNOWN)
# What a server that comes back says, or the machine in its place. Anything else (a password, a missing
# database) does not mend itself.
_COMING_BACK = ("Connection refused", "the database system is", "server closed the connection unexpectedly")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that knows by itself when the server has hung up, and waits a little for its return."""

    _missed_since: ClassVar[float | None] = None

    def is_usable(self) -> bool:
        """Whether nothing waits to be read (a server that goes says so) and no transaction has failed."""
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status in _BROKEN:
            return False
        look = select.poll()
        look.register(self.connection.fileno(), select.POLLIN)
        return not look.poll(0)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        while True:
            try:
                connection = super().get_new_connection(conn_params)
            except psycopg2.OperationalError as refusal:
                if not self._may_wait(refusal):
                    raise
                time.sleep(PAUSE)
            else:
                DatabaseWrapper._missed_since = None
                return connection

    def _may_wait(self, refusal: Exception) -> bool:
        if not any(words in str(refusal) for words in _COMING_BACK):
            return False
        now = time.monotonic()
        if DatabaseWrapper._missed_since is None:
            DatabaseWrapper._missed_since = now
        return now - DatabaseWrapper._missed_since < PATIENCE
