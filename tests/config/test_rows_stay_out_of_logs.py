"""What PostgreSQL quotes when it refuses a row reaches no log, from the web or from a worker."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, IntegrityError
from django.test import Client

from config.celery import app
from config.logs import JsonLines
from tests.config import failing

KINDS = {"integrity": (IntegrityError, 500), "data": (DataError, 400)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_refusal_itself_holds_the_number(db: None, kind: str) -> None:
    with pytest.raises(KINDS[kind][0], match=failing.PHONE):
        failing.fail(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_web_logs_type_and_place_only(
    db: None, kind: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = "tests.config.failing"
    caplog.handler.setFormatter(JsonLines())
    for logger in ("", "django.request"):
        caplog.set_level(logging.DEBUG, logger=logger)

    answer = Client(raise_request_exception=False).get(f"/fail/{kind}")

    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert answer.status_code == KINDS[kind][1]
    assert failing.PHONE not in caplog.text + answer.text
    assert KINDS[kind][0].__name__ in {line.get("exception") for line in lines}
    assert any("failing.py" in place for line in lines for place in line.get("where", []))


@pytest.mark.slow
def test_a_worker_logs_type_and_place_only(celery_worker_process: Any, tmp_path: Path) -> None:
    celery_worker_process("default", concurrency=1, include="tests.config.failing")

    for kind in KINDS:
        app.send_task("tests.fail", kwargs={"kind": kind}, queue="default")
    lines = _failures(tmp_path / "worker-0.log")

    assert {line["exception"] for line in lines} == {"IntegrityError", "DataError"}
    assert {line["logger"] for line in lines} == {"celery.app.trace"}
    assert all("tests.fail" in line["message"] for line in lines)
    assert failing.PHONE not in (tmp_path / "worker-0.log").read_text()


def _failures(log: Path) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 30
    while True:
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        failures = [line for line in lines if "exception" in line]
        if len(failures) >= len(KINDS):
            return failures
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)
