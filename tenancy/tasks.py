"""Doorbells of the house."""

from __future__ import annotations

from celery.schedules import crontab
from django.utils import timezone

from kernel.actor import SYSTEM
from tenancy import notices
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {"tenancy.tasks.sweep_notices": crontab(hour=3, minute=40)}


@background(queue=Queue.DEFAULT, seconds=300, across_institutions=True)
def sweep_notices() -> None:
    """Delete notices that have been kept long enough, institution by institution."""
    for _institution in every_institution(reason="notices age at every institution"):
        while notices.sweep_notices(actor=SYSTEM, now=timezone.now()):
            pass
