"""PostgreSQL and Redis from wheels: one owner a folder, gone with their supervisor, data kept."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from config.embedded import accounts
from config.embedded.attach import running_environment
from config.embedded.services import FolderInUse, Services, forget, holds_cluster
from tests.services import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder that strangers cannot walk to, as in a root-only home."""
    yield tmp_path / "services"
    with contextlib.suppress(FolderInUse):
        forget(tmp_path / "services")


def _run(address: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(address)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def test_a_second_start_keeps_rows_and_queue(folder: Path) -> None:
    with Services(folder) as first:
        _run(first.environment["OWNER_DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS number")
        redis.Redis.from_url(first.environment["REDIS_URL"]).set("kept", "yes")

    with Services(folder) as second:
        rows = _run(second.environment["OWNER_DATABASE_URL"], "SELECT number FROM kept")
        word = redis.Redis.from_url(second.environment["REDIS_URL"]).get("kept")

    assert rows == [(7,)]
    assert word == b"yes"


def test_a_folder_has_one_owner(folder: Path) -> None:
    with Services(folder), pytest.raises(FolderInUse):
        Services(folder)


def test_the_runtime_role_is_bound(folder: Path) -> None:
    with Services(folder) as services:
        (role,) = _run(
            services.environment["DATABASE_URL"],
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user",
        )

    assert role == ("hequ_app", False, False, False, False)


def test_the_servers_die_with_a_killed_supervisor(folder: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "config.embedded", "run", "--data", str(folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while running_environment(folder) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    environment = running_environment(folder)
    assert environment is not None

    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.wait()

    assert _soon_gone(environment["DATABASE_URL"])
    assert running_environment(folder) is None


def _soon_gone(address: str) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            psycopg2.connect(address, connect_timeout=1).close()
        except psycopg2.OperationalError:
            return True
        time.sleep(0.1)
    return False


def test_a_reset_leaves_nothing(folder: Path) -> None:
    with Services(folder):
        home = accounts.home_of_service(folder)

    forget(folder)

    assert not folder.exists()
    assert not home.exists()


def test_a_database_that_was_tidied_away_is_noticed(folder: Path) -> None:
    with Services(folder):
        home = accounts.home_of_service(folder)
    assert holds_cluster(folder)

    shutil.rmtree(home / "postgres")

    assert not holds_cluster(folder)


def test_a_folder_made_again_starts_afresh(folder: Path) -> None:
    with Services(folder):
        pass
    shutil.rmtree(folder)

    with Services(folder) as again:
        rows = _run(again.environment["DATABASE_URL"], "SELECT 1")

    assert rows == [(1,)]
