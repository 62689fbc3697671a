"""Behind a transaction-mode pooler, as in production, no institution's scope reaches another's statement."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections

from config.demo.supervisor import free_port
from config.embedded import accounts
from kernel.scope import scope
from tenancy.models import Branch
from tenancy.usecases import open_branch
from tests.cast import NOON, SYSTEM, make_institution

POOLER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

pytestmark = pytest.mark.skipif(POOLER is None, reason="not run: Debian's package pgbouncer is not installed")


@pytest.fixture
def pooled(committed_db: str) -> Iterator[None]:
    """The platform's connections go through one single server connection, shared by all."""
    address: dict[str, Any] = connections.settings["default"]
    direct = {name: address[name] for name in ("HOST", "PORT")}
    folder = Path(tempfile.mkdtemp(prefix="hequ-pooler-"))
    port = free_port("127.0.0.1", 16432)
    (folder / "users").write_text(f'"{address["USER"]}" "{address["PASSWORD"]}"\n')
    (folder / "settings").write_text(
        "[databases]\n"
        f"{committed_db} = host={direct['HOST']} port={direct['PORT']} dbname={committed_db} pool_size=1\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\npool_mode = transaction\n"
        f"auth_type = scram-sha-256\nauth_file = {folder / 'users'}\n"
    )
    accounts.own(folder)
    pooler = accounts.launch(
        [str(POOLER), str(folder / "settings")], log=folder / "log", last_words=signal.SIGTERM
    )
    connections.close_all()
    address |= {"HOST": "127.0.0.1", "PORT": port}
    try:
        _await_pooler(address, committed_db, folder / "log")
        yield
    finally:
        connections.close_all()
        address |= direct
        pooler.terminate()
        pooler.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _await_pooler(address: dict[str, Any], database: str, log: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg2.connect(
                host=address["HOST"],
                port=address["PORT"],
                user=address["USER"],
                password=address["PASSWORD"],
                dbname=database,
            ).close()
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{error}\n{log.read_text()[-2000:]}") from None
            time.sleep(0.1)
        else:
            return


def _branch_names_by_hand() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM tenancy_branch ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def test_scopes_do_not_meet_on_one_shared_server_connection(pooled: None) -> None:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    insurer = make_institution("insurer", "安心示范保险", "Anxin Demo Insurance", "insurance")
    with scope(bank.id):
        open_branch(actor=SYSTEM, name="城中支行", city="上海", address="示范路 1 号", now=NOON)
    with scope(insurer.id):
        open_branch(actor=SYSTEM, name="客户中心", city="杭州", address="示范街 2 号", now=NOON)

    seen = []
    for institution in (bank, insurer, bank):
        with scope(institution.id):
            seen.append((_branch_names_by_hand(), Branch.objects.count()))
        seen.append((_branch_names_by_hand(), 0))

    assert seen == [
        (["城中支行"], 1), ([], 0), (["客户中心"], 1), ([], 0), (["城中支行"], 1), ([], 0),
    ]  # fmt: skip
