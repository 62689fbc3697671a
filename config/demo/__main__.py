"""``make demo`` and ``make demo-reset``."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from config.demo.supervisor import Demo, DemoFailed
from config.embedded.disk import DiskFull, is_full_disk
from config.embedded.processes import GaveUp
from config.embedded.servers import ServerFailed
from config.embedded.services import FolderInUse, forget

FOLDER = Path(__file__).resolve().parents[2] / ".demo"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen; this machine only by default")
    parser.add_argument("--port", type=int, default=8000, help="the next free one is taken if it is busy")
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument("--reset", action="store_true", help="forget everything and stop")
    given = parser.parse_args()
    if given.reset:
        return _reset(given.data)
    try:
        Demo(given.data.resolve(), host=given.host, port=given.port).run()
    except (DemoFailed, DiskFull, FolderInUse, GaveUp, ServerFailed) as error:
        return _fail(str(error))
    except OSError as error:
        if not is_full_disk(error):
            raise
        return _fail(str(DiskFull(given.data.resolve())))
    return 0


def _fail(reason: str) -> int:
    with contextlib.suppress(OSError):  # the terminal's file may lie on the very disk that is full
        print(f"\n{reason}", file=sys.stderr, flush=True)
    return 1


def _reset(folder: Path) -> int:
    try:
        forget(folder)
    except FolderInUse:
        print("The demo is running. Stop it with Ctrl-C first.", file=sys.stderr)
        return 1
    print("The demo's data is gone. `make demo` starts over.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
