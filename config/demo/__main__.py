"""``make demo`` and ``make demo-reset``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.demo.supervisor import Demo, DemoFailed
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
    except (DemoFailed, FolderInUse, ServerFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


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
