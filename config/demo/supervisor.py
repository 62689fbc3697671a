"""Starts the demo's parts in order, watches them, stops them in reverse."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from config.demo import words
from config.embedded import accounts
from config.embedded.services import Services, forget, holds_cluster

ROOT = Path(__file__).resolve().parents[2]
PERSONAS_FILE = "personas.json"
LINKS_FILE = "links.json"
PATIENCE = 90.0
GRACE = 10.0


class DemoFailed(RuntimeError):
    """A part of the demo did not start or fell; the message quotes the end of its log."""


@dataclass
class Demo:
    """One run of the demo on a data folder. ``run`` returns after Ctrl-C or raises DemoFailed."""

    folder: Path
    host: str
    port: int
    _parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _stopping: bool = False

    def run(self) -> None:
        began = time.monotonic()
        self._start_over_if_interrupted()
        (self.folder / LINKS_FILE).unlink(missing_ok=True)
        signal.signal(signal.SIGINT, self._leave)
        signal.signal(signal.SIGTERM, self._leave)
        with Services(self.folder) as services:
            try:
                environment = self._environment(services)
                words.say("PostgreSQL 与 Redis 已启动 · PostgreSQL and Redis are up")
                self._prepare(environment)
                words.say("数据已就绪 · the data is ready")
                self._start_parts(environment)
                self._write_links(environment)
                words.welcome(self.folder, seconds=time.monotonic() - began)
                self._watch()
            finally:
                (self.folder / LINKS_FILE).unlink(missing_ok=True)
                self._stop_parts()
        words.say("演示已停止，数据保留 · stopped; the data is kept")

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start_over_if_interrupted(self) -> None:
        """Half a world is no world: a first start that did not reach its end, a database tidied away."""
        planted = (self.folder / PERSONAS_FILE).exists()
        if not planted or not holds_cluster(self.folder):
            forget(self.folder)

    def _environment(self, services: Services) -> dict[str, str]:
        self.port = free_port(self.host, self.port)
        simulator = free_port("127.0.0.1", self.port + 1)
        shown = address_in_network() if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared, not bound
        return {
            **os.environ,
            **services.environment,
            "HEQU_MODE": "demo",
            "HEQU_DATA": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PUBLIC_URL": f"http://{shown}:{self.port}",
            "MASTER_KEYS": f"demo:{key_text(services.secrets['vault'])}",
            "SEAL_KEYS": f"demo:{key_text(services.secrets['seals'])}",
            "STATIC_ROOT": str(self.folder / "static"),
            "MEDIA_ROOT": str(self.folder / "media"),
            "SMS_ENDPOINT": f"http://127.0.0.1:{simulator}/sms/send",
            "SMS_ACCESS_KEY": "demo",
            "SMS_SECRET": services.secrets["redis"],
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare(self, environment: dict[str, str]) -> None:
        """Migrate as the owner, gather static files, seed an empty world."""
        log = self._log("prepare")
        with log.open("ab") as sink:
            done = subprocess.Popen(
                [sys.executable, "manage.py", "prepare_demo"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
            while done.poll() is None and not self._stopping:
                time.sleep(0.05)
        if self._stopping:
            done.kill()
        elif done.returncode:
            raise DemoFailed(f"the demo's data could not be prepared:\n{_tail(log)}")

    def _start_parts(self, environment: dict[str, str]) -> None:
        served = {name: value for name, value in environment.items() if name != "OWNER_DATABASE_URL"}
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        simulator = environment["SMS_ENDPOINT"].split(":")[2].split("/")[0]
        # fmt: off
        self._start("sms", [sys.executable, "-m", "integrations.simulators.sms", "--port", simulator], served)
        self._start("web", [
            str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "config.wsgi:application",
            "--host", self.host, "--port", str(self.port), "--workers", "2", "--blocking-threads", "4",
            "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "2",
        ], served)
        self._start("worker", [
            *celery, "worker", "--loglevel", "INFO", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--queues", "default,codes,texts,figures,reports",
        ], served)
        self._start("scheduler", [
            *celery, "beat", "--loglevel", "INFO", "--schedule", str(self.folder / "scheduler"), "--pidfile=",
        ], served)
        # fmt: on
        self._await_answer(f"{environment['PUBLIC_URL']}/healthz")

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with self._log(name).open("ab") as sink:
            self._parts[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=accounts.die_with_parent(signal.SIGTERM),
            )

    def _await_answer(self, url: str) -> None:
        opener = build_opener(ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE
        while not self._stopping:
            self._refuse_fallen()
            try:
                with opener.open(url, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                pass
            if time.monotonic() > deadline:
                raise DemoFailed(f"{url} does not answer:\n{_tail(self._log('web'))}")
            time.sleep(0.1)

    def _write_links(self, environment: dict[str, str]) -> None:
        """The addresses for scripts, in one piece and only once everything answers."""
        known = json.loads((self.folder / PERSONAS_FILE).read_text())
        base = environment["PUBLIC_URL"]
        everything = [*known["h5"], *known.get("games", [])]
        links = {
            "h5": [{"name": link["name"], "url": base + link["path"]} for link in everything],
            "existing_customers": known.get("existing_customers", []),
            "back_office": f"{base}/desk/",
            "personas": known["personas"],
            "database": {"runtime": environment["DATABASE_URL"], "owner": environment["OWNER_DATABASE_URL"]},
            "redis": environment["REDIS_URL"],
            "sms": environment["SMS_ENDPOINT"].rsplit("/", 1)[0].rsplit("/", 1)[0] + "/",
        }
        for link in links["h5"]:
            self._await_answer(link["url"])
        if not self._stopping:
            words.write_links(self.folder / LINKS_FILE, links)

    def _watch(self) -> None:
        while not self._stopping:
            self._refuse_fallen()
            time.sleep(0.3)

    def _refuse_fallen(self) -> None:
        for name, part in self._parts.items():
            if part.poll() is not None and not self._stopping:
                raise DemoFailed(f"{name} has ended ({part.returncode}):\n{_tail(self._log(name))}")

    def _stop_parts(self) -> None:
        for part in reversed(self._parts.values()):
            if part.poll() is None:
                part.terminate()
        deadline = time.monotonic() + GRACE
        for part in self._parts.values():
            try:
                part.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(part.pid, signal.SIGKILL)
                part.wait(timeout=5)
        self._parts.clear()

    def _log(self, name: str) -> Path:
        folder = self.folder / "logs-of-parts"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.log"


def key_text(secret: str) -> str:
    """A random secret as the settings write a key of 32 bytes."""
    return base64.b64encode(secret.encode()[:32]).decode()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2500:] if log.exists() else ""


def free_port(host: str, wished: int) -> int:
    """``wished``, or the next port nobody listens on. Raises DemoFailed."""
    for port in range(wished, wished + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise DemoFailed(f"no free port from {wished} on")
def address_in_network() -> str:
    """This machine's address as its neighbours see it: links and QR codes of a demo for phones carry it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: the kernel only chooses the way out
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


