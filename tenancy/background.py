"""Background work: a doorbell that opens the institution's scope and calls one use case."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Any
from uuid import UUID

from celery import shared_task

from kernel.scope import scope


class Queue(StrEnum):
    """Named queues: each can have its own workers.

    What people wait for (figures, codes, texts) never shares one with what takes minutes (reports, patrol).
    Whoever works for ``seals`` holds the key that signs, and nobody else does.
    """

    DEFAULT = "default"
    CODES = "codes"
    TEXTS = "texts"
    FIGURES = "figures"
    REPORTS = "reports"
    PATROL = "patrol"
    SEALS = "seals"


def background(
    *,
    queue: Queue,
    retry_on: tuple[type[Exception], ...] = (),
    tries: int = 5,
    seconds: int = 60,
    across_institutions: bool = False,
) -> Callable[[Callable[..., None]], Any]:
    """Make a keyword-only function a Celery task named by its dotted path; ``bell`` on it names its queue.

    Ids arrive as strings and are handed on as UUID where the annotation says so. The message carries
    ``institution_id``; the scope is open while the body runs, unless ``across_institutions`` (sweeps, which
    open each scope themselves). Acknowledged late, so a killed worker's message comes back: the body must be
    safe to run twice. ``seconds`` bounds one run.
    """

    def decorate(body: Callable[..., None]) -> Any:
        signature = inspect.signature(body, eval_str=True)
        uuids = {name for name, parameter in signature.parameters.items() if parameter.annotation is UUID}

        @functools.wraps(body)
        def ring(*, institution_id: str = "", **ids: Any) -> None:
            arguments = {name: UUID(value) if name in uuids else value for name, value in ids.items()}
            if across_institutions:
                body(**arguments)
                return
            with scope(UUID(institution_id)):
                body(**arguments)

        options: dict[str, Any] = {
            "name": f"{body.__module__}.{body.__name__}",
            "bell": queue.value,
            "acks_late": True,
            "reject_on_worker_lost": True,
            "ignore_result": True,
            "soft_time_limit": seconds,
            "time_limit": seconds + 10,
            "typing": False,
        }
        if retry_on:
            options |= {
                "autoretry_for": retry_on,
                "max_retries": tries,
                "retry_backoff": 2,
                "retry_backoff_max": 300,
                "retry_jitter": True,
            }
        task = shared_task(**options)(ring)
        ring.background = queue  # type: ignore[attr-defined]  # read by the guard tests
        return task

    return decorate
