"""The round of the seals' guard, and the signal it leaves for whoever watches the machines."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.cache import cache

from analytics.usecases.patrol import patrol_ledger
from kernel.actor import SYSTEM
from kernel.scope import current_institution
from ledger.models import Seal
from ledger.sealing import Checked

log = logging.getLogger("hequ.ledger")
_SIGNAL = "ledger-broken"


def patrol(*, now: datetime) -> Checked:
    """Check the open institution's seals and set the signal; an error in the log when they do not hold.

    The newest seal's number and digest are logged every round, so that a copy stands outside the database.
    """
    checked = patrol_ledger(actor=SYSTEM, now=now)
    house = str(current_institution())
    _log(checked, house)
    broken = set(cache.get(_SIGNAL) or ())
    if checked.is_sound == (house in broken):
        changed = broken - {house} if checked.is_sound else broken | {house}
        cache.set(_SIGNAL, sorted(changed), timeout=None)
    return checked


def _log(checked: Checked, house: str) -> None:
    """Before anything else can fail: the log must tell even when the cache is down."""
    newest = Seal.objects.order_by("-number").first()
    if newest is not None:
        told = {"institution": house, "seal": newest.number, "digest": bytes(newest.digest).hex()}
        log.info("newest ledger seal", extra=told)
    if not checked.is_sound:
        seals = sorted({one.number for one in checked.faults})[:20]
        told = {"institution": house, "seals": ", ".join(map(str, seals))}  # a line holds plain values
        log.error("ledger seals do not hold", extra=told)


def every_ledger_holds() -> bool:
    """Whether the last round found every institution's seals sound."""
    return not cache.get(_SIGNAL)
