"""The ground the tests stand on is the real thing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections


def _ask(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_the_platform_runs_as_a_role_that_cannot_step_around_row_level_security(db: None) -> None:
    role, superuser, bypass = _ask(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    owned = _ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")

    assert (role, superuser, bypass) == ("hequ_app", False, False)
    assert owned == (0,)


def test_a_rolled_back_test_leaves_no_database_of_its_own(db: None) -> None:
    (name,) = _ask("SELECT current_database()")

    assert name.startswith("hequ_t_")


def test_a_committed_database_is_seen_by_another_thread(committed_db: str) -> None:
    seen: list[str] = []

    def look() -> None:
        seen.append(_ask("SELECT current_database()")[0])
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [committed_db]


def test_the_runtime_role_makes_no_table(db: None) -> None:
    with pytest.raises(Exception, match="permission denied") as refused, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")

    assert isinstance(refused.value.__cause__, psycopg2.errors.InsufficientPrivilege)


@pytest.mark.slow
def test_a_real_worker_answers(committed_db: str, celery_worker_process: Callable[..., Any]) -> None:
    worker = celery_worker_process("default")

    assert worker.poll() is None
