"""The round of the seals' guard, and what it tells the log."""

from __future__ import annotations

import logging
from datetime import datetime

from analytics.usecases.patrol import patrol_ledger
from kernel.actor import SYSTEM
from kernel.scope import current_institution
from ledger.models import Seal
from ledger.sealing import Checked

log = logging.getLogger("hequ.ledger")


def patrol(*, now: datetime) -> Checked:
    """Check the open institution's seals; an error in the log when they do not hold.

    The newest seal's number and digest are logged every round, so that a copy stands outside the database.
    """
    checked = patrol_ledger(actor=SYSTEM, now=now)
    house = str(current_institution())
    newest = Seal.objects.order_by("-number").first()
    if newest is not None:
        told = {"institution": house, "seal": newest.number, "digest": bytes(newest.digest).hex()}
        log.info("newest ledger seal", extra=told)
    if not checked.is_sound:
        seals = sorted({one.number for one in checked.faults})[:20]
        told = {"institution": house, "seals": ", ".join(map(str, seals))}  # a line holds plain values
        log.error("ledger seals do not hold", extra=told)
    return checked
