"""``python -m tests.bench.closing``: from each cause to the closing page, in seconds, on the real server.

A phone asks for the campaign's page all the time, from every process of the server in turn. What is told is
the time from the deed's commit (or the approval's last moment) to the last answer that still let it in. No
worker runs: pages close by what the database says, not by a sweep; the sweep then writes down why.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.bench import ground

AIM_SECONDS = 2.0
CLOSED_IN_A_ROW = 40
LONGEST = 20.0


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="hequ-bench-"))
    folder.chmod(0o755)
    try:
        with ground.Services(folder) as services:
            environment = ground.environment_of(services, folder)
            ground.plant(environment)
            target = ground.find_target(services, folder)
            with ground.web(environment, target, folder) as port:
                return measure(environment, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(environment: dict[str, str], port: int) -> int:
    """Measure every cause once and print it; 1 when a page stayed open for longer than the aim."""
    told = environment | {"HEQU_MODE": "demo", "DJANGO_SETTINGS_MODULE": "config.settings"}
    hand = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.causes"],
        cwd=ground.ROOT,
        env=told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        pages: dict[str, str] = _heard(hand)
        took, reasons = {}, {}
        for cause, path in pages.items():
            took[cause] = _closed_after(hand, cause, port, path)
            reasons[cause] = _told(hand, f"{cause}:sweep")
    finally:
        hand.kill()
        hand.wait()
    print("\nfrom the cause to the closing page")
    for cause, seconds in took.items():
        print(f"  {cause:24}{seconds:6.2f} s   in the ledger after one sweep: {reasons[cause]}")
    slowest = max(took.values())
    print(f"slowest {slowest:.2f} s (aim {AIM_SECONDS:.0f})")
    return 0 if slowest <= AIM_SECONDS else 1


def _closed_after(hand: Any, cause: str, port: int, path: str) -> float:
    """Seconds between the cause and the last answer that let the phone in."""
    phone = _Phone(port, path)
    phone.start()
    try:
        phone.await_open()
        moment: float = _told(hand, cause)
        phone.done.wait(LONGEST)
    finally:
        phone.done.set()
        phone.join(5)
    if phone.closed < CLOSED_IN_A_ROW:
        raise RuntimeError(f"{cause}: the page never closed")
    return max(0.0, phone.last_open - moment)


class _Phone(threading.Thread):
    """Asks for one page until it has been closed many times in a row."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__(daemon=True)
        self.port, self.path = port, path
        self.done, self.opened = threading.Event(), threading.Event()
        self.last_open, self.closed = 0.0, 0

    def run(self) -> None:
        while not self.done.is_set():
            if self._status() == 409:
                self.closed += 1
                if self.closed >= CLOSED_IN_A_ROW:
                    self.done.set()
            else:
                self.last_open, self.closed = time.time(), 0
                self.opened.set()

    def await_open(self) -> None:
        if not self.opened.wait(LONGEST):
            raise RuntimeError(f"{self.path} was never open")

    def _status(self) -> int:
        """A connection of its own each time, so that every process of the server is asked."""
        asked = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            asked.request("GET", self.path)
            return asked.getresponse().status
        finally:
            asked.close()


def _told(hand: Any, what: str) -> Any:
    hand.stdin.write(f"{what}\n")
    hand.stdin.flush()
    return _heard(hand)


def _heard(hand: Any) -> Any:
    line = hand.stdout.readline()
    if not line:
        raise RuntimeError("the hand that closes campaigns has gone")
    return json.loads(line)


if __name__ == "__main__":
    raise SystemExit(main())
