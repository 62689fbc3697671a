"""A small load generator: some connections, each sending its next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import quantiles


@dataclass
class Outcome:
    """What one measurement saw: answers a second, and how long each took in milliseconds."""

    rate: float
    took: list[float] = field(repr=False)
    statuses: Counter[int]

    @property
    def p50(self) -> float:
        return quantiles(self.took, n=100)[49] if len(self.took) > 1 else 0.0

    @property
    def p99(self) -> float:
        return quantiles(self.took, n=100)[98] if len(self.took) > 1 else 0.0


class _Caller(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, requests: Iterator[bytes], ends_at: float, done: asyncio.Future[None]) -> None:
        self.requests = requests
        self.ends_at = ends_at
        self.done = done
        self.took: list[float] = []
        self.statuses: Counter[int] = Counter()
        self._got = b""
        self._needed = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None or time.perf_counter() >= self.ends_at:
            self.transport.close()
            return
        self._got, self._needed = b"", -1
        self._sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, received: bytes) -> None:
        self._got += received
        if self._needed < 0:
            head, blank, _rest = self._got.partition(b"\r\n\r\n")
            if not blank:
                return
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            self._needed = len(head) + 4 + int(length or 0)
        if len(self._got) < self._needed:
            return
        self.took.append((time.perf_counter() - self._sent) * 1000)
        self.statuses[int(self._got[9:12])] += 1
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def press(port: int, requests: list[Iterator[bytes]], seconds: float) -> Outcome:
    """Send from one connection per iterator until ``seconds`` are over or the requests run out."""
    return asyncio.run(_press(port, requests, seconds))


async def _press(port: int, requests: list[Iterator[bytes]], seconds: float) -> Outcome:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    callers = []
    for own in requests:
        caller = _Caller(own, began + seconds, loop.create_future())
        callers.append(caller)
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(caller.done for caller in callers))
    passed = time.perf_counter() - began
    took = [each for caller in callers for each in caller.took]
    statuses: Counter[int] = sum((caller.statuses for caller in callers), Counter())
    return Outcome(rate=len(took) / passed, took=took, statuses=statuses)


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """One POST as bytes, ready to send."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str, headers: dict[str, str]) -> bytes:
    """One GET as bytes, ready to send."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
