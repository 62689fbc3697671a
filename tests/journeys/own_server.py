"""The platform in this very process, on a database of the test's own: for journeys that need another day."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

import campaigns.player.doors


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_line: Any) -> None:
        """A test speaks through its assertions."""


@dataclass
class House:
    """Where the pages are, what day it is there, and which addresses answer late, by how many seconds."""

    address: str
    now: datetime
    late: dict[str, float] = field(default_factory=dict)


@contextmanager
def own_server(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[House]:
    """Serve until the block ends. The doors ask this house for the time."""
    application = get_wsgi_application()

    def answer(environment: Any, start_response: Any) -> Any:
        def respond(*status_and_headers: Any) -> Any:
            """What was asked is done; its answer is on a slow network."""
            time.sleep(
                sum(wait for end, wait in house.late.items() if environment["PATH_INFO"].endswith(end))
            )
            return start_response(*status_and_headers)

        served = application(environment, respond)
        try:
            yield from served
        finally:
            # What is not closed here is closed by the collector, in whatever thread it runs: the end of a
            # request closes connections, then maybe those of the test, in the middle of a transaction.
            served.close()
            connections.close_all()

    server = make_server("127.0.0.1", 0, answer, server_class=_Server, handler_class=_Quiet)
    house = House(f"http://127.0.0.1:{server.server_port}", now)
    monkeypatch.setattr(campaigns.player.doors, "timezone", SimpleNamespace(now=lambda: house.now))
    monkeypatch.setattr(settings, "PUBLIC_URL", house.address)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
