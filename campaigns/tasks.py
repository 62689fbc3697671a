"""Doorbells of the campaigns."""

from __future__ import annotations

from django.utils import timezone

from campaigns import usecases
from campaigns.usecases.editions import open_editions
from campaigns.usecases.holding import tell_of_held
from campaigns.usecases.parties import expire_parties
from kernel.actor import SYSTEM
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {
    "campaigns.tasks.sweep_unapproved": 60.0,
    "campaigns.tasks.sweep_parties": 60.0,
    "campaigns.tasks.sweep_editions": 20.0,
    "campaigns.tasks.sweep_held": 60.0,
}


@background(queue=Queue.DEFAULT, seconds=120, across_institutions=True)
def sweep_unapproved() -> None:
    """Rest campaigns whose approval has ended, institution by institution."""
    for _institution in every_institution(reason="approvals end at every institution"):
        usecases.pause_unapproved(actor=SYSTEM, now=timezone.now())


@background(queue=Queue.DEFAULT, seconds=120, across_institutions=True)
def sweep_parties() -> None:
    """End parties whose time is over, institution by institution."""
    for _institution in every_institution(reason="parties expire at every institution"):
        while expire_parties(actor=SYSTEM, now=timezone.now()):
            pass


@background(queue=Queue.DEFAULT, seconds=120, across_institutions=True)
def sweep_editions() -> None:
    """Write down the editions that have opened, institution by institution."""
    for _institution in every_institution(reason="editions open at every institution"):
        open_editions(actor=SYSTEM, now=timezone.now())


@background(queue=Queue.DEFAULT, seconds=120, across_institutions=True)
def sweep_held() -> None:
    """Tell authors which of their questions the law has put out of use, institution by institution."""
    for _institution in every_institution(reason="the law changes for every institution"):
        tell_of_held(actor=SYSTEM, now=timezone.now())
