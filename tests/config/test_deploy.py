"""What production is started from agrees with the code."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml
from django.db import connection
from django.urls import reverse

from config.embedded.stores import store_program, version_of
from privacy.customers import MOST_BYTES
from tenancy.background import Queue
from tests.services import ROOT

LOWEST_PYTHON = "3.11"  # what `make lock` locks for, and what the tests' machine has


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_queue_has_a_worker() -> None:
    commands = [service["command"] for service in _compose()["services"].values() if "command" in service]

    served = {
        queue
        for command in commands
        if "--queues" in command
        for queue in command[command.index("--queues") + 1].split(",")
    }

    assert served == {queue.value for queue in Queue}


def test_every_process_is_started_again_when_it_ends() -> None:
    services = _compose()["services"]
    ends_for_good = {name for name, service in services.items() if service.get("restart") != "unless-stopped"}

    assert ends_for_good == {"migrate"}
    assert "--respawn-failed-workers" in (ROOT / "deploy" / "Dockerfile").read_text(), (
        "one of several in a server"
    )


def test_no_server_writes_rows_or_typed_queries_into_its_log() -> None:
    postgres = _compose()["services"]["postgres"]["command"]

    assert {"log_min_messages=fatal", "log_min_error_statement=panic"} <= set(postgres)
    assert re.findall(r"error_log \S+ (\w+);", _gateway()) == ["crit"]
    assert "$uri" in _gateway()
    assert "$request_uri" not in _gateway().split("log_format")[1].split(";")[0]


def test_only_the_migration_knows_the_owner() -> None:
    knowing = {
        name
        for name, service in _compose()["services"].items()
        if service.get("environment", {}).get("OWNER_DATABASE_URL")
    }

    assert knowing == {"migrate"}


def test_nobody_else_is_handed_the_passwords_of_the_servers() -> None:
    """A file of settings is read whole: what a process must not know is emptied for it.

    Each key that signs lies in one place.
    """
    asked = set(re.findall(r"\$\{([A-Z_]+(?:PASSWORD|_KEYS))", (ROOT / "docker-compose.yml").read_text()))
    handed = {
        name: sorted(secret for secret in asked if service.get("environment", {}).get(secret) != "")
        for name, service in _compose()["services"].items()
        if "env_file" in service and name != "migrate"
    }

    assert handed
    knowing = {name: secrets for name, secrets in handed.items() if secrets}
    assert knowing == {"desk": ["DESK_KEYS"], "worker-seals": ["SEAL_KEYS"]}


def test_the_gateway_lets_a_customer_list_through_and_nothing_else_so_large() -> None:
    limits = dict(re.findall(r"location = (\S+) \{\s+client_max_body_size (\d+)m;", _gateway()))

    assert limits == {reverse("privacy:customer_upload"): str(MOST_BYTES // 1024**2 + 1)}
    assert re.findall(r"^    client_max_body_size (\d+)m;", _gateway(), flags=re.MULTILINE) == ["2"]


def test_phones_and_the_back_office_have_processes_of_their_own() -> None:
    """Issue 9, 3: neither can starve the other. Who leads where: tests/attacks/test_through_the_proxy.py."""
    services = _compose()["services"]

    assert services["web"]["environment"]["SERVES_PHONES_ONLY"] == "true"
    assert "SERVES_PHONES_ONLY" not in services["desk"]["environment"]


def test_the_proxy_reaches_neither_postgresql_nor_redis() -> None:
    """Issue 9, 11: a container and what it shares a network with that has no way out by itself."""
    services = _compose()["services"]
    inner = {name for name, made in _compose()["networks"].items() if (made or {}).get("internal")}
    near = {
        name: {other for other, each in services.items() if set(each["networks"]) & set(service["networks"])}
        for name, service in services.items()
    }

    assert near["nginx"] == {"nginx", "web", "desk"}
    assert near["postgres"] == {"postgres", "pgbouncer", "pgbouncer-phones", "migrate"}
    assert not near["redis"] & {"nginx", "postgres"}
    assert {*services["postgres"]["networks"], *services["redis"]["networks"]} == inner


def _gateway() -> str:
    return (ROOT / "deploy" / "nginx" / "hequ.conf.in").read_text()


def test_production_runs_the_major_versions_that_the_tests_run(db: None) -> None:
    """Issue 9, 11: PostgreSQL, Valkey and Python."""
    images = {name: service.get("image", "") for name, service in _compose()["services"].items()}
    store = store_program()
    assert store
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        database = int(cursor.fetchone()[0]) // 10_000

    assert images["postgres"] == f"postgres:{database}"
    if store.name == "valkey-server":
        assert images["redis"] == f"valkey/valkey:{version_of(store)[0]}"
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    assert re.findall(r"^FROM python:(\S+)-slim", dockerfile, flags=re.MULTILINE) == [LOWEST_PYTHON]


def test_every_secret_compose_asks_for_is_named_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert asked - named == set()


def test_no_locked_requirement_names_an_index() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text()

        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        assert text.count("--hash=sha256:") > 50


@pytest.mark.parametrize(
    "secret", [".env", ".env.production", "deploy/tls/privkey.pem", "deploy/tls/fullchain.pem", "backup.dump"]
)
def test_no_secret_is_baked_into_the_image_or_committed(secret: str) -> None:
    """Issue 9, 11: the proxy's private key and every file of settings stay on the host."""
    ignored = subprocess.run(["git", "check-ignore", "-q", "--no-index", secret], cwd=ROOT, check=False)
    patterns = (ROOT / ".dockerignore").read_text().split()

    assert ignored.returncode == 0
    assert any(_covers(pattern, secret) for pattern in patterns)


def _covers(pattern: str, path: str) -> bool:
    """As Docker reads the file: a pattern is of the whole path, and a folder covers what is in it."""
    if pattern.startswith("**/"):
        return fnmatch(PurePosixPath(path).name, pattern.removeprefix("**/"))
    places = [path, *(str(folder) for folder in PurePosixPath(path).parents)]
    return any(fnmatch(place, pattern) and place.count("/") == pattern.count("/") for place in places)
