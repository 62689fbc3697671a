"""``python -m tests.bench.desks``: how long phones wait while eight colleagues scan dear texts.

On a running demo of its own: the 99th percentile of a phone's page alone, then with eight desks that send one
text after another. The ratio travels between machines, absolutes do not.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from config.embedded.services import forget
from tests.config.demo_parts import Visitor
from tests.running_demo import running_demo

DESKS = 8
PHONES = 3
TEXTS = ("\n" * 5_000, "lfx " * 1_250, "零f险" * 1_666, "9" * 5_000, "答案:保本 " * 700)


@dataclass
class Desks:
    """Colleagues who post without a pause."""

    openers: list[OpenerDirector]
    address: str
    statuses: Counter[int] = field(default_factory=Counter)
    _leaving: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Desks:
        self.people = [threading.Thread(target=self._scan, args=(one,)) for one in self.openers]
        for person in self.people:
            person.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._leaving.set()
        for person in self.people:
            person.join()

    def _scan(self, opener: OpenerDirector) -> None:
        turn, token = 0, _token(opener, self.address)
        while not self._leaving.is_set():
            typed = token | {"text": TEXTS[turn % len(TEXTS)], "content_type": "question"}
            turn += 1
            try:
                self.statuses[_post(opener, self.address, typed)] += 1
            except HTTPError as refused:
                self.statuses[refused.code] += 1
                time.sleep(0.2)
            except URLError:
                self.statuses[0] += 1


def _post(opener: OpenerDirector, address: str, typed: dict[str, str]) -> int:
    with opener.open(address, urlencode(typed).encode(), timeout=120) as answer:
        answer.read()
        return int(answer.status)


def _token(opener: OpenerDirector, address: str) -> dict[str, str]:
    page = opener.open(address, timeout=30).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return {"csrfmiddlewaretoken": found[1] if found else ""}


def _signed_in(back_office: str, username: str) -> OpenerDirector:
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    door = back_office.removesuffix("desk/") + "demo/"
    _post(opener, door + "sign-in", _token(opener, door) | {"username": username})
    return opener


def _waits(home: str, seconds: int) -> list[float]:
    """How long each of a phone's pages took, in milliseconds."""
    took: list[float] = []
    ends = time.perf_counter() + seconds

    def look() -> None:
        visitor = Visitor(home)
        while time.perf_counter() < ends:
            began = time.perf_counter()
            visitor.ask()
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)

    people = [threading.Thread(target=look) for _ in range(PHONES)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return took


def _measure(links: dict[str, Any], seconds: int) -> str:
    home, back_office = links["h5"][0]["url"], links["back_office"]
    names = [who["username"] for who in links["personas"] if "@" in who["username"]][:DESKS]
    openers = [_signed_in(back_office, names[number % len(names)]) for number in range(DESKS)]
    _waits(home, 2)
    alone = quantiles(_waits(home, seconds), n=100)[98]
    with Desks(openers, f"{back_office}scan/try/") as desks:
        beside = quantiles(_waits(home, seconds), n=100)[98]
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(desks.statuses.items()))
    return (
        f"phones   p99 alone {alone:.0f} ms · with {DESKS} desks scanning {beside:.0f} ms"
        f" · {beside / alone:.1f} times · desks were told {answers}\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hequ-bench-")) / "demo"
    try:
        with running_demo(folder) as links:
            sys.stdout.write(_measure(links, given.seconds))
        return 0
    finally:
        forget(folder)
        shutil.rmtree(folder.parent, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
