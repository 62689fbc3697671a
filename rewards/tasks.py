"""Doorbells of the rewards."""

from __future__ import annotations

from django.utils import timezone

from kernel.actor import SYSTEM
from rewards import points, usecases
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {"rewards.tasks.sweep_expired": 300.0, "rewards.tasks.sweep_points": 600.0}


@background(queue=Queue.CODES, seconds=300, across_institutions=True)
def sweep_expired() -> None:
    """End grants whose time is over and those of forgotten customers, institution by institution."""
    for _institution in every_institution(reason="grants expire at every institution"):
        while usecases.sweep_expired(actor=SYSTEM, now=timezone.now()):
            pass
        while usecases.release_forgotten(actor=SYSTEM, now=timezone.now()):
            pass


@background(queue=Queue.CODES, seconds=300, across_institutions=True)
def sweep_points() -> None:
    """End points whose published day is over, institution by institution."""
    for _institution in every_institution(reason="points lapse at every institution"):
        while points.lapse_points(actor=SYSTEM, now=timezone.now()):
            pass
