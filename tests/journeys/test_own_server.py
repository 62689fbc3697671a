"""The ground the journeys stand on when they need another day."""

from __future__ import annotations

import threading
import urllib.request
from typing import Any

import pytest
from django.core.signals import request_finished

from tests.journeys.own_server import House

pytestmark = pytest.mark.slow


def test_a_request_ends_in_the_thread_that_served_it(house: House) -> None:
    """Left to the collector, its end closed the connection of the test in the middle of a transaction."""
    ended = threading.Event()
    ended_by: list[int] = []

    def note(**_signal: Any) -> None:
        ended_by.append(threading.get_ident())
        ended.set()

    request_finished.connect(note)
    try:
        with urllib.request.urlopen(f"{house.address}/static/player/app.js") as answer:
            answer.read()
        assert ended.wait(timeout=30)
    finally:
        request_finished.disconnect(note)

    assert len(ended_by) == 1
    assert ended_by != [threading.get_ident()]
