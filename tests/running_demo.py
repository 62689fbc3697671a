"""The whole demo as a user starts it, for journeys: ``make demo`` on a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services import ROOT

PATIENCE = 240.0


@contextmanager
def running_demo(folder: Path, *, log: Path | None = None) -> Iterator[dict[str, Any]]:
    """Start the demo in ``folder``, yield what ``links.json`` says, stop it as Ctrl-C does."""
    log = log or folder.with_suffix(".log")
    unset = {
        "DATABASE_URL",
        "OWNER_DATABASE_URL",
        "REDIS_URL",
        "CACHE_URL",
        "HEQU_MODE",
        "DJANGO_SETTINGS_MODULE",
    }
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    with log.open("wb") as sink:
        demo = subprocess.Popen(
            [sys.executable, "-m", "config.demo", "--data", str(folder), "--port", str(_own_port())],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    try:
        yield _links(demo, folder / "links.json", log)
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            demo.wait(timeout=60)
        except subprocess.TimeoutExpired:
            demo.kill()
            demo.wait(timeout=10)


def _own_port() -> int:
    """The first of twenty ports for this process: a demo looks for free ports long before it takes them."""
    return 18_000 + os.getpid() % 600 * 20


def _links(demo: subprocess.Popen[bytes], written: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and demo.poll() is None:
        if written.exists():
            links: dict[str, Any] = json.loads(written.read_text())
            return links
        time.sleep(0.1)
    raise RuntimeError(f"the demo did not get ready:\n{log.read_text(errors='replace')[-4000:]}")
