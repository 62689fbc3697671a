"""Redis as production starts it: a user for each purpose, and nothing else to be done there. Issue 9, 6."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from django.core.cache.backends.redis import RedisCache

from config.embedded.servers import free_ports
from config.embedded.stores import store_program
from tenancy.background import Queue
from tests.services import ROOT

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Store:
    """Where it is and what it was told."""

    port: int
    process: int
    broker: str
    cache: str
    told: Path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("redis")
    passwords = {
        "REDIS_BROKER_PASSWORD": secrets.token_hex(16),
        "REDIS_CACHE_PASSWORD": secrets.token_hex(16),
    }
    port = free_ports().redis
    found = store_program()
    assert found
    program = home / "programs"
    program.mkdir()
    (program / found.name).symlink_to(found)
    environment = {
        "PATH": f"{program}:{os.environ['PATH']}",
        "REDIS_FOLDER": str(home),
        "REDIS_RUN": str(home / "run"),
        "REDIS_PORT": str(port),
        **passwords,
    }
    server = subprocess.Popen(
        [str(ROOT / "deploy/redis/start.sh")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    addresses = [
        f"redis://{name}:{password}@127.0.0.1:{port}/0"
        for name, password in zip(("hequ_broker", "hequ_cache"), passwords.values(), strict=True)
    ]
    _until_it_answers(addresses[1])
    yield Store(port, server.pid, addresses[0], addresses[1], home / "run")
    server.terminate()
    server.wait(timeout=10)


def _until_it_answers(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            redis.Redis.from_url(address).ping()
            return
        except redis.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_cache_keeps_counts_and_forgets(store: Store) -> None:
    cache = RedisCache(store.cache, {"KEY_PREFIX": "hequ"})

    assert cache.add("tries", 0, 60)
    assert cache.incr("tries") == 1
    cache.set("session", {"verified": True}, 60)
    assert cache.get("session") == {"verified": True}
    cache.delete_many(["tries", "session"])
    assert cache.get("session") is None


def test_a_worker_lives_on_the_brokers_user(store: Store, committed_db: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": store.broker}
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        environment[name] = environment[name].rpartition("/")[0] + f"/{committed_db}"
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    queues = ",".join(queue.value for queue in Queue)
    worker = subprocess.Popen(
        [*celery, "worker", "--concurrency", "1", "--queues", queues],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            asked = subprocess.run(
                [*celery, "inspect", "ping", "--timeout", "3"],
                cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if "pong" in asked.stdout:
                break
            assert time.monotonic() < deadline, asked.stdout + asked.stderr
        send = "from config.celery import app; app.send_task('integrations.tasks.sweep_texts', queue='texts')"
        subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=environment, check=True)
        broker = redis.Redis.from_url(store.broker)
        while broker.llen("texts") or broker.hlen("unacked"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def test_one_purpose_never_reads_what_another_keeps(store: Store) -> None:
    cache, broker = redis.Redis.from_url(store.cache), redis.Redis.from_url(store.broker)

    for refused in (
        lambda: cache.lrange("default", 0, -1),
        lambda: cache.lpush("default", "a message"),
        lambda: cache.publish("/0.celery.pidbox", "shutdown"),
        lambda: broker.get("hequ:1:django.contrib.sessions.cacheabc"),
        lambda: broker.set("hequ:1:django.contrib.sessions.cacheabc", "x"),
    ):
        with pytest.raises(redis.exceptions.NoPermissionError):
            refused()


@pytest.mark.parametrize(
    "command",
    [
        "FLUSHALL", "FLUSHDB", "CONFIG SET dir /", "CONFIG GET *", "KEYS *", "SHUTDOWN", "ACL LIST",
        "SAVE", "REPLICAOF 10.0.0.1 6379", "MODULE LIST", "MONITOR", "CLIENT LIST", "SLAVEOF NO ONE",
    ],
)  # fmt: skip
@pytest.mark.parametrize("user", ["broker", "cache"])
def test_nobody_empties_or_reconfigures_it(store: Store, user: str, command: str) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        redis.Redis.from_url(getattr(store, user)).execute_command(*command.split())


@pytest.mark.parametrize("user", ["broker", "cache"])
def test_nobody_debugs_it(store: Store, user: str) -> None:
    """Refused to the user, or, since Redis 7, to everybody before that is asked."""
    with pytest.raises(redis.ResponseError, match=r"no permissions|not allowed"):
        redis.Redis.from_url(getattr(store, user)).execute_command("DEBUG", "SLEEP", "1")


def test_the_cache_runs_no_scripts(store: Store) -> None:
    """The broker's user does: a lock of the library is a script, which reaches that user's keys only."""
    cache = redis.Redis.from_url(store.cache)

    for run in (lambda: cache.eval("return 1", 0), lambda: cache.script_load("return 1")):
        with pytest.raises(redis.exceptions.NoPermissionError):
            run()


@pytest.mark.parametrize("login", ["", "default:@", "default:x@", "hequ_cache:@", "hequ_cache:x@"])
def test_without_the_password_nothing_is_answered(store: Store, login: str) -> None:
    with pytest.raises((redis.exceptions.AuthenticationError, redis.exceptions.NoPermissionError)):
        redis.Redis.from_url(f"redis://{login}127.0.0.1:{store.port}/0").ping()


def test_no_password_stands_where_others_read_it(store: Store) -> None:
    secret = [address.split(":")[2].split("@")[0] for address in (store.broker, store.cache)]
    process = Path("/proc") / str(store.process)
    read = [(process / name).read_text() for name in ("cmdline", "environ")]
    read += [path.read_text() for path in store.told.iterdir()]

    assert not [word for word in secret for text in read if word in text]
    assert {path.stat().st_mode & 0o077 for path in store.told.iterdir()} == {0}
