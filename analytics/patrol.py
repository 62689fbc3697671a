"""The round of the seals' guard, and the signal it leaves for whoever watches the machines."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.cache import cache

from analytics.usecases.patrol import patrol_ledger
from kernel.actor import SYSTEM
from kernel.scope import current_institution
from ledger.sealing import Checked

log = logging.getLogger("hequ.ledger")
_SIGNAL = "ledger-broken"


def patrol(*, now: datetime) -> Checked:
    """Check the open institution's seals and set the signal; an error in the log when they do not hold."""
    checked = patrol_ledger(actor=SYSTEM, now=now)
    house = str(current_institution())
    broken = set(cache.get(_SIGNAL) or ())
    if checked.is_sound == (house in broken):
        changed = broken - {house} if checked.is_sound else broken | {house}
        cache.set(_SIGNAL, sorted(changed), timeout=None)
    if not checked.is_sound:
        seals = sorted({one.number for one in checked.faults})
        log.error("ledger seals do not hold", extra={"seals": seals[:20]})
    return checked


def every_ledger_holds() -> bool:
    """Whether the last round found every institution's seals sound."""
    return not cache.get(_SIGNAL)
