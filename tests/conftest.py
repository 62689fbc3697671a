"""Ground under every test: a real PostgreSQL as the runtime role, a real Redis, a real worker on request.

``db`` (pytest-django) rolls back after each test. ``committed_db`` gives the test a database of its own with
real commits, for threads, workers and anything that must be seen by another process.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils import translation

from config.celery import app as celery_app
from kernel.keyring import forget_cached_keys
from tenancy.background import Queue
from tenancy.scope import forget_institutions
from tests import databases
from tests.as_phones import phones_step_down
from tests.cast import (  # noqa: F401 - fixtures
    administrator,
    at_bank,
    auditor,
    bank,
    clerk,
    ground,
    insurer,
    legal,
    marketer,
    officer,
    outsider,
)
from tests.scheduling import JourneysTogether
from tests.services import ROOT

_clones = itertools.count(1)
phones_step_down()

# How long an example takes says something of the machine, nothing of the code.
hypothesis.settings.register_profile("any-machine", deadline=None)
hypothesis.settings.load_profile("any-machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> JourneysTogether:
    return JourneysTogether(config, log)


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """A migrated database for this process, in place of Django's own test database."""
    name = settings.DATABASES["default"]["NAME"]
    databases.clone(name)
    yield
    connections.close_all()
    databases.drop(name)


@pytest.fixture(autouse=True)
def _empty_caches(request: pytest.FixtureRequest) -> None:
    """No test finds what another left in a cache, shared or of this process, or the language it was in."""
    translation.deactivate()
    forget_cached_keys()
    forget_institutions()
    if {"db", "committed_db", "ground"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own with real commits, dropped afterwards. Yields its name.

    Threads must close their connections (``connections.close_all()``) before they end.
    """
    shared = settings.DATABASES["default"]["NAME"]
    own = f"{shared}_{next(_clones)}"
    databases.clone(own)
    with django_db_blocker.unblock():
        _move_to(own)
        try:
            yield own
        finally:
            _move_to(shared)
    databases.drop(own)


def _move_to(database: str) -> None:
    connections.close_all()
    for alias in ("default", "owner"):
        connections.settings[alias]["NAME"] = database


@pytest.fixture
def celery_worker_process(
    committed_db: str, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a real worker on this test's database and Redis: ``start("codes", "default", beat=False)``.

    Returns the process, ready to take tasks; kill it freely. Whatever still runs is ended after the test.
    """
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    started: list[subprocess.Popen[bytes]] = []

    def start(
        *queues: str, beat: bool = False, concurrency: int = 2, include: str = ""
    ) -> subprocess.Popen[bytes]:
        log = tmp_path / f"worker-{len(started)}.log"
        worker = _launch_worker(
            committed_db, queues, log, beat=beat, concurrency=concurrency, include=include
        )
        started.append(worker)
        _await_worker(worker, log)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait(timeout=10)


def _launch_worker(
    database: str, queues: tuple[str, ...], log: Path, *, beat: bool, concurrency: int, include: str
) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        environment[name] = environment[name].rpartition("/")[0] + f"/{database}"
    # fmt: off
    command = [
        sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork", "--loglevel", "INFO",
        "--concurrency", str(concurrency), "--without-gossip", "--without-mingle",
        "--queues", ",".join(queues or [queue.value for queue in Queue]),
    ]
    # fmt: on
    if include:
        command += ["--include", include]
    if beat:
        command += ["--beat", "--schedule", str(log.with_suffix(".beat"))]
    with log.open("wb") as sink:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
        )


def _await_worker(worker: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180  # beside two other suites a worker takes a minute
    while time.monotonic() < deadline:
        if worker.poll() is not None:
            break
        if celery_app.control.ping(timeout=0.5):
            return
    raise RuntimeError(f"the worker did not start:\n{log.read_text(errors='replace')[-3000:]}")
