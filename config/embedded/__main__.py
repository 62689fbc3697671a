"""Command line: ``run`` a folder's services, run a command ``with`` throw-away ones, ``serve`` the tests."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from config.embedded.processes import GaveUp
from config.embedded.servers import ServerFailed
from config.embedded.services import FolderInUse, Services

LEASE_FILE = "lease.lock"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run in the foreground and print the environment")
    run.add_argument("--data", type=Path, required=True)
    beside = verbs.add_parser("with", help="run a command with fresh services, then drop them")
    beside.add_argument("command", nargs=argparse.REMAINDER)
    serve = verbs.add_parser("serve", help="run until nobody has leased the folder for a while")
    serve.add_argument("--data", type=Path, required=True)
    serve.add_argument("--linger", type=float, default=600)
    given = parser.parse_args()

    signal.signal(signal.SIGTERM, _leave)
    try:
        if given.verb == "run":
            return _run(given.data)
        if given.verb == "with":
            return _with(given.command)
        return _serve(given.data, given.linger)
    except FolderInUse as error:
        print(error, file=sys.stderr)
        return 75
    except (GaveUp, ServerFailed) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(folder: Path) -> int:
    with Services(folder) as services:
        for name, value in services.environment.items():
            print(f"export {name}='{value}'", flush=True)
        while True:
            for death in services.servers.look_after(time.monotonic()):
                print(f"{death.name} ended ({death.ending}) and is started again", file=sys.stderr)
            time.sleep(0.2)


def _with(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="hequ-"))
    folder.chmod(0o755)
    try:
        with Services(folder, durable=False) as services:
            words = command[1:] if command[:1] == ["--"] else command
            environment = os.environ | services.environment | {"HEQU_MODE": "test"}
            return subprocess.run(words, env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, linger: float) -> int:
    with Services(folder, durable=False) as services, (folder / LEASE_FILE).open("a") as lease:
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < linger and not services.servers.fallen():
            time.sleep(1)
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(lease, fcntl.LOCK_UN)
            except BlockingIOError:
                idle_since = time.monotonic()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
