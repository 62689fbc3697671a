"""Doorbells of the figures and reports."""

from __future__ import annotations

from django.utils import timezone

from analytics.registry import projections
from analytics.usecases.projections import BATCH, advance_projection
from kernel.actor import SYSTEM
from tenancy.background import Queue, background
from tenancy.scope import every_institution

MOST_BATCHES = 20

SCHEDULE = {
    "analytics.tasks.advance_figures": 2.0,
}


@background(queue=Queue.FIGURES, across_institutions=True, seconds=120)
def advance_figures() -> None:
    """Bring every projection of every institution up to date."""
    for _institution in every_institution(reason="figures follow every institution's ledger"):
        for name in projections():
            for _batch in range(MOST_BATCHES):
                if advance_projection(actor=SYSTEM, projection=name, now=timezone.now()) < BATCH:
                    break
