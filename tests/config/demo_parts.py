"""What tests of a demo under faults need: its processes, a visitor who tries again once, its ledger."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

import psycopg2

REST = 1.0  # between a request and its retry, as a person or a script waits


LISTENS = "0A"


@dataclass
class Parts:
    """The processes of the demo in ``folder``, as the kernel knows them."""

    folder: Path

    @property
    def supervisor(self) -> int:
        return int(json.loads((self.folder / "environment.json").read_text())["supervisor"])

    def all_of(self, mark: str, parent: int | None = None) -> list[int]:
        """Children of the supervisor, or of ``parent``, whose command line holds ``mark``, oldest first."""
        wanted = parent or self.supervisor
        return sorted(pid for pid, above, line in _processes() if above == wanted and mark in line)

    def one_of(self, mark: str, parent: int | None = None) -> int:
        """The oldest of them; what was killed a moment ago is waited for."""
        deadline = time.monotonic() + 60
        while not (found := self.all_of(mark, parent)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found[0]

    @property
    def desk_port(self) -> int | None:
        """Colleagues have a process of their own."""
        return urlsplit(json.loads((self.folder / "links.json").read_text())["back_office"]).port

    def servers_of_phones(self) -> int:
        """How many take requests at the phones' port: they share it, so the kernel is asked (proc(5))."""
        port = urlsplit(json.loads((self.folder / "links.json").read_text())["h5"][0]["url"]).port or 0
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(each[1].endswith(f":{port:04X}") and each[3] == LISTENS for each in lines)

    @property
    def pids(self) -> dict[str, int]:
        """A process of every kind that can be killed."""
        web, worker, postgres = (self.one_of(mark) for mark in ("granian", "default,codes", "postgres -D"))
        return {
            "sms": self.one_of("simulators.sms"),
            "web": web,
            "web process": self.one_of("granian", self.all_of("granian")[-1]),
            "desk": self.one_of(f"--port {self.desk_port}"),
            "worker": worker,
            "worker process": self.one_of("config worker", worker),
            "worker that seals": self.one_of("patrol,seals"),
            "scheduler": self.one_of("config beat"),
            "postgres": postgres,
            "postgres backend": self.one_of("postgres: hequ_", postgres),
            "redis": self.one_of("-server 127.0.0.1:"),
        }


def _processes() -> Iterator[tuple[int, int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if state[0] != "Z":
                yield int(entry.name), int(state[1]), line


@dataclass
class Visitor:
    """Somebody with a phone. A request that gets no answer is sent once more; a second failure is raised."""

    home: str
    retried: int = 0
    opener: OpenerDirector = field(
        default_factory=lambda: build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    )

    def ask(self, path: str = "", body: Any = None, key: str = "") -> bytes:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if body is not None:
            headers |= {"X-CSRFToken": json.loads(self.ask("me/"))["csrf"], "Idempotency-Key": key}
        request = Request(self.home + path, json.dumps(body).encode() if body is not None else None, headers)
        try:
            return self._send(request)
        except OSError as silence:
            if isinstance(silence, HTTPError) and silence.code < 500:
                raise
            self.retried += 1
            time.sleep(REST)
            return self._send(request)

    def _send(self, request: Request) -> bytes:
        with self.opener.open(request, timeout=20) as answer:
            return bytes(answer.read())

    def start(self) -> Any:
        return json.loads(self.ask("start/", {}, "start"))

    def answer(self, play: str, asked: Any) -> Any:
        values = {"question": asked["id"], "option": asked["options"][0]["id"]}
        return json.loads(self.ask("move/", {"play": play, "kind": "answer", "values": values}, asked["id"]))


@dataclass
class Crowd:
    """Visitors who look at the page all the time. ``lost`` tells what a retry did not mend."""

    home: str
    lost: list[str] = field(default_factory=list)
    asked: int = 0
    _leaving: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def looking(self) -> Iterator[None]:
        people = [threading.Thread(target=self._look) for _person in range(3)]
        for person in people:
            person.start()
        try:
            yield
        finally:
            self._leaving.set()
            for person in people:
                person.join()

    def _look(self) -> None:
        visitor = Visitor(self.home)
        while not self._leaving.is_set():
            try:
                visitor.ask()
                visitor.ask("me/")
                self.asked += 2
            except OSError as failure:
                self.lost.append(repr(failure))
            time.sleep(0.05)


def newest_seal(folder: Path, links: dict[str, Any]) -> float:
    """When the ledger was last sealed; 0 before the first seal."""
    statement = "SELECT coalesce(extract(epoch FROM max(sealed_at)), 0) FROM ledger_seal"
    return float(read_past_security(folder, links, statement))


def read_past_security(folder: Path, links: dict[str, Any], statement: str) -> Any:
    """One value, as the server's own account sees it: every institution's rows."""
    secrets = json.loads((folder / "secrets.json").read_text())
    address = links["database"]["owner"].replace("hequ_owner", "postgres", 1)
    connection = psycopg2.connect(address.replace(secrets["hequ_owner"], secrets["postgres"]))
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]
    finally:
        connection.close()
