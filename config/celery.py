"""The Celery application. Tasks, their queues and their rhythm live in each app's ``tasks.py``.

A ``SCHEDULE`` there names what rings regularly: ``{"rewards.tasks.sweep": 15.0}``, seconds or a crontab.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.checks import stop_unsafe_start
from config.logs import log_what_nobody_caught

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hequ")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]  # Celery's signals carry no types
def keep_rhythm(sender: Celery, **_signal: Any) -> None:
    """Hand every app's SCHEDULE to the scheduler. A bell missed while it was down is not rung twice later."""
    for name in settings.PLATFORM_APPS:
        if find_spec(f"{name}.tasks") is None:
            continue
        for task, rhythm in getattr(import_module(f"{name}.tasks"), "SCHEDULE", {}).items():
            queue = getattr(sender.tasks[task], "bell", None) or "default"
            options = {"queue": queue}
            if isinstance(rhythm, int | float):
                options["expires"] = max(float(rhythm), 5.0)
            sender.conf.beat_schedule[task] = {"task": task, "schedule": rhythm, "options": options}


@celeryd_init.connect  # type: ignore[untyped-decorator]  # Celery's signals carry no types
@beat_init.connect  # type: ignore[untyped-decorator]
def start_safely(**_signal: Any) -> None:
    """Workers and the scheduler obey the same start-up checks as the web, and log as quietly.

    Celery goes on when a receiver of its signals raises an Exception; SystemExit it lets through.
    """
    log_what_nobody_caught()
    try:
        stop_unsafe_start()
    except ImproperlyConfigured:
        raise SystemExit(1) from None  # the reason is in the log
