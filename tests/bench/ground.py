"""What is measured on: a durable PostgreSQL, the demo's world, the web server, plays waiting for answers."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener
from uuid import UUID

import psycopg2

from config.demo.supervisor import free_port
from config.embedded.services import Services
from ledger.recorded_sql import LEFT_OPEN

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
THREADS = 4


@dataclass(frozen=True, slots=True)
class Target:
    """The live campaign that is answered."""

    path: str
    slug: str
    institution: UUID
    campaign: UUID
    version: UUID
    content: dict[str, Any]


def environment_of(services: Services, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        **services.environment,
        "HEQU_DATA": str(folder),
        "MASTER_KEYS": f"bench:{_key(services.secrets['vault'])}",
        "SEAL_KEYS": f"bench:{_key(services.secrets['seals'])}",
        "DESK_KEYS": f"bench:{_key(services.secrets['desk'])}",
        "DESTRUCTION_LIST": str(folder / "destruction-list.jsonl"),
        "STATIC_ROOT": str(folder / "static"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": "https://127.0.0.1",
        "BACK_OFFICE_URL": "https://localhost",
        "HTTPS": "false",
        "BEHIND_PROXY": "false",
        "PROXY_HOPS": "0",
        "SMS_ENDPOINT": "https://127.0.0.1:1/",
        "SMS_ACCESS_KEY": "bench",
        "SMS_SECRET": "bench",
        "LOG_LEVEL": "WARNING",
    }


def _key(secret: str) -> str:
    return base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


def plant(environment: dict[str, str]) -> None:
    """The demo's world, through its use cases; what is planted beside it has the tests' noon."""
    told = environment | {"HEQU_MODE": "demo", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "prepare_demo"]
    subprocess.run(command, cwd=ROOT, env=told, check=True)
    owner = psycopg2.connect(environment["OWNER_DATABASE_URL"])
    with owner, owner.cursor() as cursor:
        cursor.execute(LEFT_OPEN)
    owner.close()


def find_target(services: Services, folder: Path) -> Target:
    """The first published campaign of the demo's world."""
    link = json.loads((folder / "personas.json").read_text())["h5"][0]["path"]
    _empty, _h, slug, code, *_rest = link.split("/")
    with asking(services, "postgres") as cursor:
        cursor.execute(
            "SELECT c.institution_id, c.id, c.live_version_id, v.content FROM campaigns_campaign c "
            "JOIN campaigns_version v ON v.id = c.live_version_id WHERE c.code = %s",
            [code],
        )
        institution, campaign, version, content = cursor.fetchone()
    ids = [UUID(str(one)) for one in (institution, campaign, version)]  # text, or UUID where Django is up
    return Target(f"/h/{slug}/{code}/", slug, *ids, content)


@contextmanager
def asking(services: Services, role: str) -> Iterator[Any]:
    connection = psycopg2.connect(services.servers.url(role))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def play_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def participant_id(number: int) -> str:
    return f"00000000-0000-7000-9000-{number:012x}"


def open_plays(services: Services, target: Target, state: dict[str, Any], first: int, count: int) -> None:
    """Plays waiting for their first answer, numbered from ``first``."""
    with asking(services, "postgres") as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_play
                (id, institution_id, participant_id, campaign_id, version_id, attempt, channel, variant,
                 state, revision, last_key, opened_at, moved_at)
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, %s,
                   ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, %s, %s, 1, '', '', %s,
                   0, '', now(), now()
            FROM generate_series(%s, %s) AS n
            """,
            [
                str(target.institution),
                str(target.campaign),
                str(target.version),
                json.dumps(state),
                first,
                first + count - 1,
            ],
        )
        cursor.execute("VACUUM ANALYZE campaigns_play")
        cursor.execute("CHECKPOINT")


@contextmanager
def web(environment: dict[str, str], target: Target, folder: Path) -> Iterator[int]:
    """The web server as production starts it, on two cores' worth of processes. Yields its port."""
    port = free_port("127.0.0.1", 18000)
    told = environment | {
        "HEQU_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "BENCH_INSTITUTION": str(target.institution),
    }
    told.pop("OWNER_DATABASE_URL")
    told.pop("HEQU_EMBEDDED_SERVICES")
    # fmt: off
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "config.wsgi:application",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(PROCESSES),
        "--blocking-threads", str(THREADS), "--backlog", "1024", "--no-ws", "--log-level", "warning",
    ]
    # fmt: on
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=told, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        _await_answer(f"http://127.0.0.1:{port}/healthz", server, folder / "web.log")
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(timeout=5)


def _await_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the web server does not answer:\n{log.read_text(errors='replace')[-2000:]}")
