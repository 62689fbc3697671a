"""Making an evidence package: one piece after another, each kept in its own transaction.

What goes wrong is written on the package, where the colleague who asked sees it, and tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from compliance.models import EvidencePackage, EvidencePiece
from compliance.usecases.proof import begin_evidence_piece, continue_evidence, note_evidence_trouble
from kernel.actor import SYSTEM
from kernel.defer import defer
from kernel.scope import scope
from ledger.signing import may_sign

QUIET = timedelta(seconds=20)  # a package that nobody touched for this long is rung for again
MOST_RUNG = 100

log = logging.getLogger("hequ.evidence")


def make_next_piece(*, package_id: UUID, now: datetime) -> bool:
    """Make the package's next piece; whether to ring again at once. Safe to ring twice.

    The last one is signed: a worker without the key rings for the one that has it.
    """
    if not may_sign() and is_closing(package_id):
        defer("compliance.tasks.close_evidence", package_id=package_id)
        return False
    if not begin_evidence_piece(actor=SYSTEM, package_id=package_id, now=now):
        return False
    try:
        return continue_evidence(actor=SYSTEM, package_id=package_id, now=now)
    except Exception as error:  # whatever it is belongs on the package, not in a lost task
        log.exception("evidence not made", extra={"package": str(package_id)})
        problem = type(error).__name__
        note_evidence_trouble(actor=SYSTEM, package_id=package_id, problem=problem, now=now)
        return False


def is_closing(package_id: UUID) -> bool:
    """Whether only the last piece of the package is left to be made."""
    being_made = EvidencePackage.objects.filter(pk=package_id, state=EvidencePackage.State.PREPARING)
    return bool(being_made.filter(planned__gt=0, planned__lte=F("pieces") + 1).exists())


def packages_left(now: datetime) -> list[UUID]:
    """Packages that nobody is making: a piece failed, a worker was killed, or the broker lost the bell."""
    left = EvidencePackage.objects.filter(state=EvidencePackage.State.PREPARING, touched_at__lte=now - QUIET)
    return list(left.order_by("touched_at", "id").values_list("id", flat=True)[:MOST_RUNG])


def packages_of(staff_id: UUID) -> QuerySet[EvidencePackage]:
    """What a colleague asked for, newest first."""
    found: QuerySet[EvidencePackage] = EvidencePackage.objects.filter(asked_by_id=staff_id).defer("plan")
    return found.order_by("-asked_at", "-id")


def bytes_of(package: EvidencePackage) -> Iterator[bytes]:
    """The ZIP piece by piece. It opens the scope by itself: an answer is sent when its request is over."""
    for number in range(package.pieces):
        with scope(package.institution_id):
            kept = EvidencePiece.objects.values_list("body", flat=True)
            body = bytes(kept.get(package_id=package.id, number=number))
        yield body
