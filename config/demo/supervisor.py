"""Starts the demo's parts in order, starts each again that dies, stops them in reverse."""

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
from functools import partial
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from config.demo import pass_phrase, words
from config.embedded import accounts, disk
from config.embedded.processes import SupervisedProcess
from config.embedded.services import Services, forget, holds_cluster
from kernel.named_keys import public_half

ROOT = Path(__file__).resolve().parents[2]
PERSONAS_FILE = "personas.json"
LINKS_FILE = "links.json"
PATIENCE = 90.0
GRACE = 10.0


class DemoFailed(RuntimeError):
    """The demo did not start; the message quotes the end of the log of the part that failed."""


@dataclass
class Demo:
    """One run of the demo on a data folder.

    ``run`` returns after Ctrl-C. Raises DemoFailed, GaveUp, DiskFull.
    """

    folder: Path
    host: str
    port: int
    _parts: list[SupervisedProcess] = field(default_factory=list)
    _stopping: bool = False

    def run(self) -> None:
        began = time.monotonic()
        self._start_over_if_interrupted()
        (self.folder / LINKS_FILE).unlink(missing_ok=True)
        signal.signal(signal.SIGINT, self._leave)
        signal.signal(signal.SIGTERM, self._leave)
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        disk.refuse_full_disk(self._disks)
        phrase = pass_phrase.place_phrase(self.folder, self.host)
        with Services(self.folder) as services:
            try:
                environment = self._environment(services)
                words.say("PostgreSQL 与 Redis 已启动 · PostgreSQL and Redis are up")
                seals = f"demo:{key_text(services.secrets['seals'])}"  # begins the list of destructions
                self._prepare(environment | {"SEAL_KEYS": seals})
                words.say("数据已就绪 · the data is ready")
                self._start_parts(environment, services)
                self._write_links(environment, services)
                words.welcome(self.folder, seconds=time.monotonic() - began)
                words.warn_of_network(phrase, file=self.folder / pass_phrase.FILE)
                self._watch(services)
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
        desk = free_port(self.host, self.port + 1)
        simulator = free_port("127.0.0.1", desk + 1)
        shown = address_in_network() if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared, not bound
        return {
            **os.environ,
            **services.environment,
            "HEQU_MODE": "demo",
            "HEQU_DATA": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PUBLIC_URL": f"http://{shown}:{self.port}",
            "BACK_OFFICE_URL": f"http://{shown}:{desk}",
            "MASTER_KEYS": f"demo:{key_text(services.secrets['vault'])}",
            "DESK_KEYS": f"demo:{key_text(services.secrets['desk'])}",
            "SEAL_KEYS": "",
            "SEAL_PUBLIC_KEYS": f"demo:{public_text(services.secrets['seals'])}",
            "DESTRUCTION_LIST": str(self.folder / "destruction-list.jsonl"),
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
            disk.refuse_full_disk(self._disks, last_words=_tail(log))
            raise DemoFailed(f"the demo's data could not be prepared:\n{_tail(log)}")

    def _start_parts(self, environment: dict[str, str], services: Services) -> None:
        beside = {"OWNER_DATABASE_URL", "PHONES_DATABASE_URL"}
        served = {name: value for name, value in environment.items() if name not in beside}
        backstage = served | {
            "DESK_KEYS": "",
            "DESK_PUBLIC_KEYS": f"demo:{public_text(services.secrets['desk'])}",
        }
        sealing = backstage | {"SEAL_KEYS": f"demo:{key_text(services.secrets['seals'])}"}
        granian = str(Path(sys.executable).with_name("granian"))
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        simulator = environment["SMS_ENDPOINT"].split(":")[2].split("/")[0]
        # fmt: off
        sms = [sys.executable, "-m", "integrations.simulators.sms", "--port", simulator]
        self._start("sms", sms, backstage)
        own_role = {"DATABASE_URL": environment["PHONES_DATABASE_URL"]}
        phones = backstage | own_role | {"SERVES_PHONES_ONLY": "true"}
        desk = served["BACK_OFFICE_URL"].rsplit(":", 1)[1]
        web = [
            granian, "--interface", "wsgi", "config.wsgi:application", "--host", self.host, "--workers", "1",
            "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "2",
        ]
        # Two share the phones' port: while one is started again, the other answers.
        self._start("web-1", [*web, "--port", str(self.port)], phones)
        self._start("desk", [*web, "--port", desk], served)
        self._start("web-2", [*web, "--port", str(self.port)], phones)
        self._start("worker", [
            *celery, "worker", "--loglevel", "INFO", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--queues", "default,codes,texts,figures",
        ], backstage)
        self._start("worker-slow", [
            *celery, "worker", "--loglevel", "INFO", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--queues", "reports,patrol,seals",
        ], sealing)
        self._start("scheduler", [
            *celery, "beat", "--loglevel", "INFO", "--schedule", str(self.folder / "scheduler"), "--pidfile=",
        ], backstage)
        # fmt: on
        self._await_answer(f"{environment['PUBLIC_URL']}/healthz", services)
        self._await_answer(f"{environment['BACK_OFFICE_URL']}/healthz", services)

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        log = self._log(name)
        part = SupervisedProcess(name, partial(_launch, command, environment, log), log)
        self._parts.append(part)
        part.start()

    def _await_answer(self, url: str, services: Services) -> None:
        opener = build_opener(ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE
        while not self._stopping:
            self._look_after(services)
            try:
                with opener.open(url, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                pass
            if time.monotonic() > deadline:
                raise DemoFailed(f"{url} does not answer:\n{_tail(self._log('web-1'))}")
            time.sleep(0.1)

    def _write_links(self, environment: dict[str, str], services: Services) -> None:
        """The addresses for scripts, in one piece and only once everything answers."""
        known = json.loads((self.folder / PERSONAS_FILE).read_text())
        base = environment["PUBLIC_URL"]
        everything = [*known["h5"], *known.get("games", [])]
        links = {
            "h5": [{"name": link["name"], "url": base + link["path"]} for link in everything],
            "existing_customers": known.get("existing_customers", []),
            "back_office": f"{environment['BACK_OFFICE_URL']}/desk/",
            "personas": known["personas"],
            "database": {"runtime": environment["DATABASE_URL"], "owner": environment["OWNER_DATABASE_URL"]},
            "redis": environment["REDIS_URL"],
            "sms": environment["SMS_ENDPOINT"].rsplit("/", 1)[0].rsplit("/", 1)[0] + "/",
        }
        for link in links["h5"]:
            self._await_answer(link["url"], services)
        if not self._stopping:
            words.write_links(self.folder / LINKS_FILE, links)

    def _watch(self, services: Services) -> None:
        while not self._stopping:
            self._look_after(services)
            time.sleep(0.1)

    def _look_after(self, services: Services) -> None:
        """Start again what died, and say so. Raises GaveUp, DiskFull."""
        disk.refuse_full_disk(self._disks)
        for part in [*services.servers.processes, *self._parts]:
            if part.has_ended and not self._stopping:
                disk.refuse_full_disk(self._disks, last_words=part.last_words())
            if death := part.look_after(time.monotonic()):
                words.tell_death(death)

    def _stop_parts(self) -> None:
        for part in reversed(self._parts):
            part.ask_to_stop()
        deadline = time.monotonic() + GRACE
        for part in self._parts:
            part.await_stop(max(0.1, deadline - time.monotonic()))
        self._parts.clear()

    @property
    def _disks(self) -> set[Path]:
        """Where the platform's files and the servers' lie."""
        return {self.folder, accounts.home_of_service(self.folder)}

    def _log(self, name: str) -> Path:
        folder = self.folder / "logs-of-parts"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.log"


def _launch(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as sink:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=accounts.die_with_parent(signal.SIGTERM),
        )


def key_text(secret: str) -> str:
    """A random secret as the settings write a key of 32 bytes."""
    return base64.b64encode(secret.encode()[:32]).decode()


def public_text(secret: str) -> str:
    """What everyone may know of the same secret where it signs, as the settings write it."""
    return base64.b64encode(public_half(secret.encode()[:32])).decode()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2500:] if log.exists() else ""


def address_in_network() -> str:
    """This machine's address as its neighbours see it: links and QR codes of a demo for phones carry it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: the kernel only chooses the way out
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


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
