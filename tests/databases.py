"""Databases for tests: one migrated template per state of the migrations, cloned in a blink."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import errors
from psycopg2.sql import SQL, Identifier

from ledger.recorded_sql import LEFT_OPEN
from tests.services import DATABASE_PREFIX, FOLDER, ROOT

TEMPLATE_PREFIX = "hequ_template_"
STALE_SECONDS = 45 * 60
_OWN_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user
"""
_SHAPERS = (
    "*/migrations/*.py",
    "kernel/rls.py",
    "config/database_roles.py",
    "ledger/verbs.py",
    "*/*_sql.py",
    "*/data/**/*",
    "deploy/postgres/bootstrap.sql",
    "tests/databases.py",
)


def clone(name: str) -> None:
    """Make database ``name``, migrated and otherwise empty."""
    copy = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    with (FOLDER / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _as_owner() as cursor:
            _drop_leftovers(cursor)
            cursor.execute(copy.format(Identifier(name), Identifier(_template(cursor))))


def drop(name: str) -> None:
    """Drop database ``name``, whoever is still connected.

    A role sends away only its own sessions, and the server's housekeeping leaves by itself within moments.
    """
    for patience in (0.1, 0.5, 1, 2, 5, 10, None):
        with _beside("DATABASE_URL") as cursor:
            cursor.execute(_OWN_SESSIONS, [name])
        try:
            with _as_owner() as cursor:
                cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            return
        except (errors.InsufficientPrivilege, errors.ObjectInUse):
            if patience is None:
                raise
            time.sleep(patience)


def _template(cursor: Any) -> str:
    """The migrated template for the migrations as they are on disk, made by the first who needs it."""
    name = TEMPLATE_PREFIX + _fingerprint()
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone() is None:
        draft = f"{name}_draft"
        cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(draft)))
        cursor.execute(SQL("CREATE DATABASE {} TEMPLATE hequ").format(Identifier(draft)))
        _migrate(draft)
        _leave_the_noon_of_tests_be(draft)
        cursor.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(draft), Identifier(name)))
    (FOLDER / f"{name}.used").touch()
    _drop_stale_templates(cursor, keep=name)
    return name


def _fingerprint() -> str:
    files = {path for pattern in _SHAPERS for path in ROOT.glob(pattern) if path.is_file()}
    digest = hashlib.sha256(b"phones have a role" if "PHONES_DATABASE_URL" in os.environ else b"")
    for path in sorted(files):
        if path.parts[len(ROOT.parts)].startswith("."):
            continue
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(database: str) -> None:
    environment = dict(os.environ)
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        environment[name] = urlsplit(environment[name])._replace(path=f"/{database}").geturl()
    command = [
        sys.executable,
        "manage.py",
        "migrate",
        "--database",
        "owner",
        "--verbosity",
        "0",
        "--skip-checks",
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    if done.returncode:
        raise RuntimeError(f"the migrations do not apply:\n{done.stderr[-4000:]}")


def _leave_the_noon_of_tests_be(database: str) -> None:
    """Tests tell the ledger of their own noon. Fails where the migrations did not hold entries to the clock.

    ``tests/attacks/test_forged_reviews.py`` puts that promise back and attacks it.
    """
    with _beside("OWNER_DATABASE_URL", database) as cursor:
        cursor.execute(LEFT_OPEN)


def _drop_stale_templates(cursor: Any, *, keep: str) -> None:
    for mark in FOLDER.glob(f"{TEMPLATE_PREFIX}*.used"):
        if mark.stem != keep and time.time() - mark.stat().st_mtime > STALE_SECONDS:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(mark.stem)))
            mark.unlink(missing_ok=True)


def _drop_leftovers(cursor: Any) -> None:
    """Drop databases of test processes that ended without tidying up."""
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [DATABASE_PREFIX])
    for (name,) in cursor.fetchall():
        process = int(name.removeprefix(DATABASE_PREFIX).split("_")[0])
        if not _alive(process):
            cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _as_owner() -> AbstractContextManager[Any]:
    return _beside("OWNER_DATABASE_URL")


@contextmanager
def _beside(variable: str, database: str = "postgres") -> Iterator[Any]:
    """One of the roles, beside the databases that are copied: nobody may be connected to those."""
    address = urlsplit(os.environ[variable])._replace(path=f"/{database}").geturl()
    connection = psycopg2.connect(address)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
