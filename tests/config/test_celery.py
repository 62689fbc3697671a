"""Background work: its rhythm is collected from the apps, and a dead broker keeps nobody waiting."""

from __future__ import annotations

import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from config.celery import app


def test_every_app_gives_its_own_rhythm() -> None:
    app.finalize()

    schedule = app.conf.beat_schedule

    assert {"rewards.tasks.sweep_expired", "integrations.tasks.sweep_texts"} <= set(schedule)
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)


def test_a_rhythm_rings_on_the_queue_of_its_task() -> None:
    app.finalize()

    for name, entry in app.conf.beat_schedule.items():
        assert entry["options"]["queue"] == app.tasks[name].bell


def test_a_dead_broker_is_told_at_once() -> None:
    alone = Celery("alone", set_as_current=False)
    alone.config_from_object("django.conf:settings", namespace="CELERY")
    alone.conf.broker_url = "redis://127.0.0.1:1/0"
    began = time.monotonic()

    with pytest.raises(OperationalError):
        alone.send_task("integrations.tasks.sweep_texts", queue="texts")

    assert time.monotonic() - began < 1
