"""An evidence package as a colleague gets it: asked for at the desk, made, downloaded."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from compliance.models import EvidencePackage, Review
from compliance.packing import make_next_piece
from kernel.actor import Actor
from tests.desk import signed_in


def asked(actor: Actor, review: Review) -> EvidencePackage:
    """Ask for it; it is not made yet."""
    answer = signed_in(actor).post(reverse("compliance:ask_evidence", args=[review.id]))
    assert answer["Location"] == reverse("compliance:evidence"), answer.status_code
    newest = EvidencePackage.objects.filter(asked_by_id=actor.id).order_by("-asked_at", "-id").first()
    assert newest is not None
    return newest


def made(package_id: UUID) -> EvidencePackage:
    """What the worker does with it, to its end."""
    while make_next_piece(package_id=package_id, now=timezone.now()):
        pass
    return EvidencePackage.of(package_id)


def downloaded(actor: Actor, package: EvidencePackage) -> bytes:
    answer = signed_in(actor).post(reverse("compliance:evidence_file", args=[package.id]))
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "application/zip"
    body = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(body)
    return body


def taken(actor: Actor, review: Review) -> zipfile.ZipFile:
    """Asked for, made, downloaded."""
    package = made(asked(actor, review).id)
    return zipfile.ZipFile(io.BytesIO(downloaded(actor, package)))


def verified(script: Path, folder: Path, *, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """On a stranger's machine: no site folder of ours, no environment, another working directory."""
    return subprocess.run(
        [sys.executable, "-I", str(script), str(folder)],
        cwd=script.parent,
        env={},
        capture_output=True,
        encoding=encoding,
        check=False,
    )
