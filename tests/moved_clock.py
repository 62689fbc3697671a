"""A command on another day: ``python -m tests.moved_clock leap_day -- .venv/bin/python -m pytest``.

libfaketime shifts the clock of the command and of every process it starts by the same number of seconds:
workers, the demo, PostgreSQL, Redis. Monotonic clocks and the times of files stay as they are. So does the
browser: Chromium takes seconds for every click under a moved clock, and asks the server what day it is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from config.embedded.attach import supervisor_of
from config.embedded.services import FolderInUse, forget
from kernel.timekeeping import SHANGHAI, local_day

MOMENTS = {
    "turn_of_the_year": datetime(2026, 12, 31, 23, 58, tzinfo=SHANGHAI),
    "leap_day": datetime(2028, 2, 29, 9, 30, tzinfo=SHANGHAI),
    # 14 February 2026: a Saturday on which China worked for the Spring Festival that began the day after.
    "make_up_saturday": datetime(2026, 2, 14, 10, 0, tzinfo=SHANGHAI),
    "end_of_a_month": datetime(2027, 4, 30, 23, 59, tzinfo=SHANGHAI),
}
PATIENCE = 60.0
SOONEST = timedelta(minutes=1)  # a probe that reads the moved clock takes less


class CannotMove(RuntimeError):
    """This machine's programs do not take a moved clock."""


def moment_of(day: date) -> str:
    """The name of the moment that is tried on ``day``: each in its turn."""
    names = sorted(MOMENTS)
    return names[day.toordinal() % len(names)]


def moved_environment(moment: datetime, *, library: Path, now: datetime) -> dict[str, str]:
    """What a process must be told so that its clock shows ``moment`` where it would show ``now``."""
    shift = round((moment - now).total_seconds())
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{shift:+d}s",
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


@contextmanager
def clock_left_alone() -> Iterator[None]:
    """Programs started inside see the real clock; this one sees what it saw."""
    preloaded = os.environ.pop("LD_PRELOAD", None)
    try:
        yield
    finally:
        if preloaded is not None:
            os.environ["LD_PRELOAD"] = preloaded


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.moved_clock", description=__doc__)
    parser.add_argument("moment", choices=[*MOMENTS, "today"], help="'today': the moment whose turn it is")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    now = datetime.now(tz=UTC)
    name = moment_of(local_day(now)) if given.moment == "today" else given.moment
    words = given.command[1:] if given.command[:1] == ["--"] else given.command
    print(f"moved clock: {name}, {MOMENTS[name]:%Y-%m-%d %H:%M} in Shanghai", flush=True)

    with tempfile.TemporaryDirectory(prefix="hequ-clock-") as place:
        services = Path(place) / "services"
        try:
            library = _readable_by_all(Path(place))
            surroundings = os.environ | moved_environment(MOMENTS[name], library=library, now=now)
            surroundings["HEQU_TEST_SERVICES"] = str(services)
            surroundings.pop(
                "DJANGO_SETTINGS_MODULE", None
            )  # importing config named it; the command names its own
            _check(MOMENTS[name], surroundings)
            return subprocess.run(words, env=surroundings, check=False).returncode
        except CannotMove as reason:
            print(f"moved clock: {reason}", file=sys.stderr)
            return 1
        finally:
            _end(services)


def _readable_by_all(place: Path) -> Path:
    """A copy of the library where the servers' unprivileged account may load it."""
    package = find_spec("libfaketime")
    if package is None or package.origin is None:
        raise CannotMove("the package libfaketime is not installed")
    place.chmod(0o755)
    copy = place / "libfaketime.so.1"
    shutil.copyfile(Path(package.origin).parent / "vendor/libfaketime/src/libfaketime.so.1", copy)
    copy.chmod(0o755)
    return copy


def _check(moment: datetime, surroundings: dict[str, str]) -> None:
    """Raises CannotMove where a program started so does not believe the moment, or cannot sleep."""
    probe = [sys.executable, "-c", "import time; time.sleep(0.01); print(time.time())"]
    done = subprocess.run(
        probe, env=surroundings, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if done.returncode or abs(float(done.stdout) - moment.timestamp()) > SOONEST.total_seconds():
        raise CannotMove(f"programs here do not take it: {done.stdout}{done.stderr}")


def _end(services: Path) -> None:
    """The servers believe in a moment that nobody will ask for again."""
    supervisor = supervisor_of(services)
    if supervisor is not None:
        os.kill(supervisor, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            forget(services)
            break
        except FolderInUse:
            time.sleep(0.1)


if __name__ == "__main__":
    raise SystemExit(main())
