"""Doorbells of the outside world."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from integrations.texts import carry_text
from kernel.defer import defer
from privacy.queries import due_texts
from tenancy.background import Queue, background
from tenancy.scope import every_institution

SCHEDULE = {"integrations.tasks.sweep_texts": 10.0}


@background(queue=Queue.TEXTS, seconds=30)
def deliver_text(*, text_id: UUID) -> None:
    """Carry one text to the provider."""
    carry_text(text_id=text_id, clock=timezone.now)


@background(queue=Queue.TEXTS, across_institutions=True)
def sweep_texts() -> None:
    """Ring for every text that nobody is carrying: a killed worker's, a lost bell's, one whose time to
    retry came.
    """
    for _institution in every_institution(reason="texts wait at every institution"):
        for text_id in due_texts(timezone.now()):
            defer("integrations.tasks.deliver_text", text_id=text_id)
