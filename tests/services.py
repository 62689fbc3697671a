"""The tests' PostgreSQL and Redis: started once, shared by sessions, gone ten minutes after the last one.

Rows of tests are throw-away, so the server does not wait for the disk. `make bench` starts a durable one.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import redis

from config.embedded.__main__ import LEASE_FILE
from config.embedded.attach import running_environment, supervisor_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("HEQU_TEST_SERVICES", ROOT / ".cache" / "test-services"))
PATIENCE = 90.0
DATABASE_PREFIX = "hequ_t_"
REDIS_PAIRS = 200

_held: list[IO[str]] = []


def lease() -> dict[str, str]:
    """The environment of the shared services, which stay up while this process lives."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    handle = (FOLDER / LEASE_FILE).open("a")
    fcntl.flock(handle, fcntl.LOCK_SH)
    _held.append(handle)
    with (FOLDER / "start.lock").open("a") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        found = running_environment(FOLDER)
        if found is not None and "PHONES_DATABASE_URL" not in found:  # started before phones had a role
            _end_when_alone(handle)
            found = None
        return found if found is not None else _start()


def _end_when_alone(handle: IO[str]) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:  # a session of before is still at work
            time.sleep(1)
    fcntl.flock(handle, fcntl.LOCK_SH)
    supervisor = supervisor_of(FOLDER)
    if supervisor is not None:
        os.kill(supervisor, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while running_environment(FOLDER) is not None and time.monotonic() < deadline:
        time.sleep(0.1)


def _start() -> dict[str, str]:
    command = [sys.executable, "-m", "config.embedded", "serve", "--data", str(FOLDER)]
    with (FOLDER / "serve.log").open("ab") as log:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | {"HEQU_MODE": "test"},
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = running_environment(FOLDER)
        if found is not None:
            return found
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"the tests' services did not start; see {FOLDER / 'serve.log'}")


def own_corner(environment: Mapping[str, str]) -> dict[str, str]:
    """Addresses of this process alone: a database yet to be made, and two emptied Redis numbers."""
    number = _own_number()
    corner = {"REDIS_URL": number * 2, "CACHE_URL": number * 2 + 1}
    addresses = {name: _replaced_path(environment[name], str(chosen)) for name, chosen in corner.items()}
    for address in addresses.values():
        redis.Redis.from_url(address).flushdb()
    database = f"{DATABASE_PREFIX}{os.getpid()}"
    for name in ("DATABASE_URL", "PHONES_DATABASE_URL", "OWNER_DATABASE_URL"):
        addresses[name] = _replaced_path(environment[name], database)
    return addresses


def _own_number() -> int:
    for number in range(REDIS_PAIRS):
        handle = (FOLDER / f"redis-{number}.lock").open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            continue
        _held.append(handle)
        return number
    raise RuntimeError("too many test processes share these services")


def _replaced_path(address: str, path: str) -> str:
    return urlsplit(address)._replace(path=f"/{path}").geturl()
