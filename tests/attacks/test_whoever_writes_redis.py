"""Somebody who can write into Redis runs nothing in our processes and is nobody new. Issue 9, 6."""

from __future__ import annotations

import base64
import json
import pickle
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.test import Client

from kernel.actor import Actor
from kernel.errors import Unavailable
from tenancy.doors import VERIFIED
from tenancy.throttle import Limit, count_attempt
from tests.desk import signed_in


class Bomb:
    """Writes a file in whichever process unpickles it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.trace,))


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Where a bomb leaves its trace."""
    return tmp_path / "went-off"


def _planted(key: str, payload: bytes) -> None:
    store = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    assert store.set(cache.make_key(key), payload)


def _session_key(browser: Client) -> str:
    return "django.contrib.sessions.cache" + browser.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_pickle_in_the_place_of_a_session_is_no_session(administrator: Actor, trace: Path) -> None:
    browser = signed_in(administrator)
    _planted(_session_key(browser), pickle.dumps(Bomb(trace)))

    answer = browser.get("/desk/")

    assert answer.status_code == 302
    assert "/desk/sign-in/" in answer["Location"]
    assert not trace.exists()


def test_a_session_rewritten_in_redis_opens_nothing(administrator: Actor) -> None:
    """Past the password only, and marked in Redis as past the second factor."""
    browser = signed_in(administrator, verified=False)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    forged = dict(SessionStore(key).load()) | {VERIFIED: True}
    for payload in (
        json.dumps(forged).encode(),
        base64.b64encode(json.dumps(forged).encode()) + b":signature",
    ):
        _planted(_session_key(browser), payload)

        answer = browser.get("/desk/")

        assert answer.status_code == 302
        assert "/desk/sign-in/" in answer["Location"]


def test_a_pickle_in_the_place_of_a_count_counts_from_nothing(db: None, trace: Path) -> None:
    limit = Limit("attack", "anybody", 3, 60)
    _planted(limit.key, pickle.dumps(Bomb(trace)))

    assert cache.get(limit.key) is None
    assert not trace.exists()
    with pytest.raises(Unavailable):  # Redis does not count what is no number: refused, not let through
        count_attempt([limit])


@pytest.mark.slow
def test_a_pickled_message_is_thrown_away_and_the_worker_works_on(
    celery_worker_process: Callable[..., Any], trace: Path
) -> None:
    celery_worker_process("default", concurrency=1)
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)

    for content_type in ("application/x-python-serialize", "application/data", "application/x-yaml"):
        broker.lpush("default", json.dumps(_message(content_type, pickle.dumps(((Bomb(trace),), {}, {})))))
    _wait_until(lambda: broker.llen("default") == 0)
    _wait_until(lambda: broker.hlen("unacked") == 0)

    assert not trace.exists()
    broker.lpush("default", json.dumps(_message("application/json", json.dumps([[], {}, {}]).encode())))
    _wait_until(lambda: broker.llen("default") == 0)


def _message(content_type: str, body: bytes) -> dict[str, Any]:
    name = "tenancy.tasks.nothing_of_this_name"
    return {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "binary",
        "content-type": content_type,
        "headers": {"task": name, "id": str(uuid.uuid4()), "lang": "py", "root_id": None, "parent_id": None},
        "properties": {
            "correlation_id": str(uuid.uuid4()),
            "delivery_mode": 2,
            "delivery_tag": str(uuid.uuid4()),
            "delivery_info": {"exchange": "", "routing_key": "default"},
            "priority": 0,
            "body_encoding": "base64",
        },
    }


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
