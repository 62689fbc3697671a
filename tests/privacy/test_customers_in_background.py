"""F18: the list is loaded by a worker; one killed in the middle loses nothing and loads nothing twice."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.defer import defer
from kernel.scope import scope
from privacy import customer_hashes as tool
from privacy.customers import CustomerImport, imports_left, make_customer_key, receive_customers
from privacy.models import CustomerHash
from tests.cast import NOON, make_institution, make_staff

pytestmark = [pytest.mark.slow]

ROWS = 30_000
PATIENCE = 90.0


def until(fits: Callable[[CustomerImport], bool], import_id: object) -> CustomerImport:
    """The import as soon as it fits."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = CustomerImport.of(import_id)
        if fits(found):
            return found
        time.sleep(0.05)
    raise TimeoutError


def test_a_killed_worker_goes_on_where_it_stopped(
    celery_worker_process: Callable[..., subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privacy.customers.PIECE_BYTES", 16 * 1024)
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    first = celery_worker_process("default", concurrency=1)
    with scope(bank.id):
        administrator = make_staff("guan.li", "administrator").actor
        _, text = make_customer_key(actor=administrator, now=NOON)
        header = tool.HEADER + tool.key_fingerprint(tool.read_key(text))
        hashes = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(ROWS))
        body = "\n".join([header, *hashes, "oops", ""]).encode()

        received = receive_customers(actor=administrator, chunks=[body], now=timezone.now())
        halfway = until(lambda found: found.rows_taken > 0, received.id)
        first.kill()
        first.wait(timeout=10)

        celery_worker_process("default", concurrency=1)
        for left in imports_left(timezone.now() + timedelta(minutes=2)):  # what the sweep rings for
            defer("privacy.tasks.load_customers", import_id=left)
        done = until(lambda found: found.state == "current", received.id)

        assert halfway.rows_taken < ROWS
        assert (done.rows_taken, done.rows_twice, done.rows_bad, done.percent) == (ROWS, 0, 1, 100)
        assert CustomerHash.objects.count() == ROWS
