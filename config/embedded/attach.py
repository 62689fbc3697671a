"""Finding services that already run: their addresses are in ``environment.json`` of their data folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ENVIRONMENT_FILE = "environment.json"


def running_environment(folder: Path) -> dict[str, str] | None:
    """The environment of the services running in ``folder``, or None where none runs."""
    written = _written(folder)
    if written is None:
        return None
    return {str(name): str(value) for name, value in written["environment"].items()}


def supervisor_of(folder: Path) -> int | None:
    """The process that runs the services in ``folder``, or None where none runs."""
    written = _written(folder)
    return None if written is None else int(written["supervisor"])


def _written(folder: Path) -> dict[str, Any] | None:
    try:
        written: dict[str, Any] = json.loads((folder / ENVIRONMENT_FILE).read_text())
        os.kill(int(written["supervisor"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return written


def use_running_services() -> None:
    """Take the addresses from the data folder named by HEQU_DATA, where that is set and services run."""
    folder = os.environ.get("HEQU_DATA")
    found = running_environment(Path(folder)) if folder else None
    for name, value in (found or {}).items():
        os.environ.setdefault(name, value)
