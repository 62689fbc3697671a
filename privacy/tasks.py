"""Doorbells of the vault."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from kernel.actor import SYSTEM
from kernel.defer import defer
from privacy import certificates, customers, queries, usecases
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {
    "privacy.tasks.sweep_rotations": 60.0,
    "privacy.tasks.sweep_retention": 900.0,
    "privacy.tasks.certify_destructions": 15.0,
    "privacy.tasks.sweep_customers": 60.0,
}


@background(queue=Queue.DEFAULT, seconds=120)
def move_keys(*, rotation_id: UUID) -> None:
    """One batch of a key rotation; rings again while there is more."""
    if usecases.continue_rotation(actor=SYSTEM, rotation_id=rotation_id, now=timezone.now()):
        defer("privacy.tasks.move_keys", rotation_id=rotation_id)


@background(queue=Queue.DEFAULT, across_institutions=True)
def sweep_rotations() -> None:
    """Ring for every rotation that has not finished: also after a killed worker or an emptied broker."""
    for _institution in every_institution(reason="key rotations go on at every institution"):
        for rotation in queries.open_rotations():
            defer("privacy.tasks.move_keys", rotation_id=rotation.id)


@background(queue=Queue.DEFAULT, seconds=600, across_institutions=True)
def sweep_retention() -> None:
    """Destroy what nobody may keep any longer, institution by institution, until nothing is due."""
    for _institution in every_institution(reason="retention ends at every institution", ended_too=True):
        while usecases.sweep_retention(actor=SYSTEM, now=timezone.now()):
            pass


@background(queue=Queue.SEALS, seconds=600, across_institutions=True)
def certify_destructions() -> None:
    """Put on the list outside what is destroyed and not certified yet, where the seals are signed."""
    certificates.certify_waiting(now=timezone.now())


@background(queue=Queue.DEFAULT, seconds=120)
def load_customers(*, import_id: UUID) -> None:
    """One piece of a customer list; rings again while there is more."""
    if customers.load_customers(actor=SYSTEM, import_id=import_id, now=timezone.now()):
        defer("privacy.tasks.load_customers", import_id=import_id)


@background(queue=Queue.DEFAULT, seconds=600, across_institutions=True)
def sweep_customers() -> None:
    """Ring for every list that nobody is loading, and clear away those that were replaced."""
    for _institution in every_institution(reason="customer lists are loaded at every institution"):
        for import_id in customers.imports_left(timezone.now()):
            defer("privacy.tasks.load_customers", import_id=import_id)
        while customers.drop_replaced_customers(actor=SYSTEM, now=timezone.now()):
            pass
