"""F51: a package is made by a worker; one killed in the middle loses one piece, and it comes out whole."""

from __future__ import annotations

import io
import subprocess
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from compliance.models import EvidencePackage
from compliance.packing import packages_left
from compliance.usecases import ask_evidence, open_review
from kernel.actor import Ref
from kernel.defer import defer
from kernel.fingerprint import fingerprint
from kernel.ids import new_id
from kernel.scope import scope
from tests.cast import NOON, make_institution, make_staff
from tests.evidence import downloaded

pytestmark = [pytest.mark.slow]

VERSIONS = 12
PATIENCE = 90.0


def until(fits: Callable[[EvidencePackage], bool], package_id: UUID) -> EvidencePackage:
    """The package as soon as it fits."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = EvidencePackage.of(package_id)
        if fits(found):
            return found
        time.sleep(0.02)
    raise TimeoutError


def test_a_killed_worker_goes_on_where_it_stopped(
    celery_worker_process: Callable[..., subprocess.Popen[bytes]],
) -> None:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    first = celery_worker_process("reports", concurrency=1)
    with scope(bank.id):
        marketer, auditor = make_staff("lin.yue", "marketer").actor, make_staff("shen.ji", "auditor").actor
        subject = Ref("campaign", new_id())
        for number in range(VERSIONS):
            content = {"title": f"第 {number} 版"}
            open_review(
                actor=marketer,
                subject=subject,
                title="反诈小测验",
                fingerprint=fingerprint(content),
                content=content,
                author_id=marketer.id,
                last_editor_id=marketer.id,
                now=NOON + timedelta(seconds=number),
            )

        package = ask_evidence(actor=auditor, subject=subject, now=timezone.now())
        halfway = until(lambda found: found.pieces > 0, package.id)
        first.kill()
        first.wait(timeout=10)
        celery_worker_process("reports", concurrency=1)
        for left in packages_left(timezone.now() + timedelta(minutes=1)):  # what the sweep rings for
            defer("compliance.tasks.make_evidence", package_id=left)
        done = until(lambda found: found.state == "ready", package.id)

        assert halfway.pieces < done.planned == VERSIONS + 1
        archive = zipfile.ZipFile(io.BytesIO(downloaded(auditor, done)))
        assert archive.testzip() is None
        assert sum(name.endswith("pages.pdf") for name in archive.namelist()) == VERSIONS
