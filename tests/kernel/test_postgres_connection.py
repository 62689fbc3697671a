"""A connection whose server hung up is replaced before a request, without a question; a loss is a 503."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.postgres.base import PATIENCE, DatabaseWrapper
from kernel.problem import RETRY_SECONDS


def _hang_up() -> None:
    """End this process's connection from the server's side, as a crash does."""
    connection.ensure_connection()
    victim = connection.connection.info.backend_pid
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    other.autocommit = True
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [victim])
    finally:
        other.close()


def test_a_connection_the_server_closed_is_replaced_before_the_next_request(committed_db: str) -> None:
    _hang_up()

    connection.close_if_unusable_or_obsolete()  # as every request begins
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

        assert cursor.fetchone() == (1,)


def test_looking_at_a_connection_costs_no_statement(committed_db: str) -> None:
    connection.ensure_connection()

    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()

    assert len(asked) == 0


def _fails_within_a_transaction(seen: list[bool]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SELECT nothing_there")
        finally:
            seen.append(connection.is_usable())


def test_a_connection_whose_transaction_failed_is_not_usable(committed_db: str) -> None:
    seen: list[bool] = []

    with pytest.raises(ProgrammingError):
        _fails_within_a_transaction(seen)

    assert (seen, connection.is_usable()) == ([False], True)


def test_a_server_lost_in_the_middle_is_told_as_try_again(committed_db: str, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.config.failing"

    answer = Client(raise_request_exception=False).get("/fail/gone", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"] == str(RETRY_SECONDS)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Every pause between two attempts to connect."""
    made: list[float] = []
    monkeypatch.setattr("kernel.postgres.base.PATIENCE", 0.3)
    monkeypatch.setattr("kernel.postgres.base.time.sleep", made.append)
    yield made
    DatabaseWrapper._missed_since = None


def _refused(**settings: str) -> None:
    wrapper = connection.copy()
    wrapper.settings_dict = {**connection.settings_dict, **settings}
    with pytest.raises(OperationalError):
        wrapper.ensure_connection()


def test_a_server_that_is_away_is_waited_for_once_and_then_refused_at_once(
    committed_db: str, pauses: list[float]
) -> None:
    _refused(PORT="1")
    assert pauses

    pauses.clear()
    _refused(PORT="1")
    assert pauses == []


def test_a_wrong_password_is_not_waited_for(committed_db: str, pauses: list[float]) -> None:
    _refused(PASSWORD="wrong")

    assert pauses == []


def test_phones_wait_longer_than_we_do() -> None:
    """They give up after fifteen seconds, the proxy in front after thirty-five."""
    assert PATIENCE < 15
