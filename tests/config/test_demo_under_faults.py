"""Any one process of the demo may be killed: visitors notice a retry at most, the part comes back."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

import pytest
import redis

from config.embedded.services import forget
from tests.config.demo_parts import Crowd, Parts, Visitor, newest_seal, read_past_security
from tests.running_demo import running_demo
from tests.services import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "demo"
    forget(tmp_path / "demo")


def test_any_one_process_may_be_killed_and_everybody_plays_on(folder: Path) -> None:
    with running_demo(folder) as links:
        parts, home = Parts(folder), links["h5"][0]["url"]
        Visitor(home).start()
        both = parts.servers_of_phones()
        assert both > 1
        crowd = Crowd(home)
        with crowd.looking():
            for name in parts.pids:
                victim = parts.pids[name]
                visitor = Visitor(home)
                told = visitor.start()

                os.kill(victim, signal.SIGKILL)
                while told["view"]["question"]:
                    told |= visitor.answer(told["play"], told["view"]["question"])

                assert told["view"]["result"]
                _until(lambda: _back(parts, name, victim), f"{name} came back")  # noqa: B023 - called at once
                _until_the_ledger_is_sealed_anew(folder, links)
                # Who dies while their server still starts takes it along, and it starts once more.
                _until(lambda: parts.servers_of_phones() == both, "both servers take phones")
        assert crowd.lost == []
        assert crowd.asked > 200
        said = folder.with_suffix(".log").read_text()
        restarted = re.findall(r"\] ([a-z]+)\S* 意外结束", said)
        killed = Counter(["desk", "postgres", "redis", "scheduler", "sms", "web", "web", "worker", "worker"])
        assert killed <= Counter(restarted), "each is said"
        # A hand of the worker that dies while the worker still starts takes it along: it starts once more.
        assert set(Counter(restarted) - killed) <= {"worker"}
        _background_work_outlives_redis(folder, links)


def _background_work_outlives_redis(folder: Path, links: dict[str, Any]) -> None:
    """Redis dies while a message is unacknowledged, and refuses writes when it should be acknowledged."""
    parts = Parts(folder)
    worker = parts.pids["worker"]
    clerk = _signed_in(links)
    broker = redis.Redis.from_url(links["redis"])

    with _held_up(parts, links):
        os.kill(parts.pids["redis"], signal.SIGKILL)
    _until_the_ledger_is_sealed_anew(folder, links)

    with _held_up(parts, links):
        broker.config_set("maxmemory", 1)
    assert _status(clerk, links["back_office"]) == 503, "told kindly, not as a fault of ours"
    time.sleep(6)
    broker.config_set("maxmemory", 0)
    _until_the_ledger_is_sealed_anew(folder, links)

    assert _status(clerk, links["back_office"]) == 200
    assert parts.pids["worker"] == worker, "it lived through both"


QUEUES = ("default", "codes", "texts", "figures")
"""What the first worker of the demo takes from."""


@contextlib.contextmanager
def _held_up(parts: Parts, links: dict[str, Any]) -> Iterator[None]:
    """The worker's processes stand still until messages wait, and go on at the end."""
    broker = redis.Redis.from_url(links["redis"])
    parent = parts.pids["worker"]
    pids = parts.all_of("config worker", parent)
    try:
        # Its hands first: what it takes from the broker from now on stays unacknowledged.
        for pid in pids:
            if pid != parent:
                os.kill(pid, signal.SIGSTOP)
        _until(lambda: broker.hlen("unacked") > 0, "a message is unacknowledged")
        os.kill(parent, signal.SIGSTOP)
        _until(lambda: any(broker.llen(queue) for queue in QUEUES), "messages wait")
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _signed_in(links: dict[str, Any]) -> OpenerDirector:
    """A colleague with a session, by the demo's one tap."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    page = opener.open(links["back_office"].removesuffix("desk/") + "demo/", timeout=20)
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[0]
    typed = {"csrfmiddlewaretoken": token, "username": links["personas"][0]["username"]}
    opener.open(page.geturl() + "sign-in", urlencode(typed).encode(), timeout=20)
    return opener


def _status(opener: OpenerDirector, url: str) -> int:
    try:
        with opener.open(url, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as refusal:
        return refusal.code


def _back(parts: Parts, name: str, victim: int) -> bool:
    try:
        return parts.pids[name] != victim
    except IndexError:
        return False


def _until_the_ledger_is_sealed_anew(folder: Path, links: dict[str, Any]) -> None:
    """Something happens, and scheduler, broker, worker and database together seal it."""
    began = time.time()
    Visitor(links["h5"][0]["url"]).start()
    _until(lambda: newest_seal(folder, links) > began, "the ledger is sealed")


def _until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 MB, in memory. Only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "hequ-test", place],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=False)


def test_a_full_disk_ends_in_words_and_the_next_start_is_clean(small_disk: Path) -> None:
    folder, ballast = small_disk / "demo", small_disk / "ballast"
    with running_demo(folder, log=small_disk.parent / "first.log") as links:
        home, supervisor = links["h5"][0]["url"], Parts(folder).supervisor
        visitor = Visitor(home)
        told = visitor.start()
        asked = told["view"]["question"]
        visitor.answer(told["play"], asked)
        acknowledged = _entries(folder, links)

        _fill_the_disk(ballast)

        _until(lambda: not Path(f"/proc/{supervisor}/cwd").exists(), "the demo ended")
    said = (small_disk.parent / "first.log").read_text()
    assert "磁盘已满" in said
    assert "The disk is full" in said
    assert "Traceback" not in said

    refused = subprocess.run(
        [sys.executable, "-m", "config.demo", "--data", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, "磁盘已满" in refused.stderr) == (1, True), "nothing is tried on a full disk"

    ballast.unlink()
    with running_demo(folder, log=small_disk.parent / "second.log") as again:
        assert [who["username"] for who in again["personas"]] == [
            who["username"] for who in links["personas"]
        ]
        assert _entries(folder, again) >= acknowledged
        assert Visitor(again["h5"][0]["url"]).start()["view"]["question"]


def _fill_the_disk(ballast: Path) -> None:
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as fill:
        while fill.write(b"0" * 1024**2):
            pass


def _entries(folder: Path, links: dict[str, Any]) -> int:
    return int(read_past_security(folder, links, "SELECT count(*) FROM ledger_entry"))
