"""Effects after commit: ring a worker's bell by name.

The row that must not be lost is already in PostgreSQL; the bell only makes it quick. A dead broker is logged
and forgotten, the periodic sweep finds the row.
"""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

from kernel.scope import current_institution

log = logging.getLogger("hequ.defer")


def defer(task: str, **ids: UUID | str | int) -> None:
    """After this transaction commits, call ``task`` (dotted name) with ``ids`` for the open institution."""
    kwargs = {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}
    kwargs["institution_id"] = str(current_institution())

    def ring() -> None:
        try:
            current_app.send_task(task, kwargs=kwargs, queue=_queue_of(task))
        except Exception as error:  # the broker's library raises many kinds; none may reach the person
            log.warning("bell not rung", extra={"task": task, "error": type(error).__name__})

    transaction.on_commit(ring, robust=True)


def _queue_of(task: str) -> str:
    registered = current_app.tasks.get(task)
    return getattr(registered, "bell", None) or "default"
