"""One moment for everyone a test asks: this process, one that it starts, PostgreSQL and Redis."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.moved_clock import MOMENTS, moment_of

APART = 30.0  # seconds; moved clocks that disagree are days apart


@pytest.mark.django_db
def test_every_clock_that_a_test_asks_shows_the_same_moment() -> None:
    """On a moved day as on any other: rows, limits and texts are dated by different programs."""
    started = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"], capture_output=True, text=True, check=True
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        database = float(cursor.fetchone()[0])
    seconds, _micro = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]).time()

    assert abs(float(started.stdout) - time.time()) < APART
    assert abs(database - time.time()) < APART
    assert abs(seconds - time.time()) < APART


def test_every_moment_has_its_day() -> None:
    """Four days running try all four, whatever the day they begin on."""
    first = date(2026, 11, 30)

    turns = [moment_of(first + timedelta(days=number)) for number in range(8)]

    assert set(turns[:4]) == set(MOMENTS)
    assert turns[:4] == turns[4:]
