"""Doorbells of the figures, the reports and the ledger's seals."""

from __future__ import annotations

from uuid import UUID

from celery.schedules import crontab
from django.utils import timezone

from analytics import making
from analytics.patrol import patrol
from analytics.registry import projections
from analytics.usecases.projections import BATCH, advance_projection
from analytics.usecases.reports import order_due_reports, take_up_due_reports
from analytics.usecases.seals import seal_ledger
from kernel.actor import SYSTEM
from kernel.defer import defer
from ledger.partitions import prepare_months
from ledger.sealing import LARGEST
from tenancy.background import Queue, background
from tenancy.scope import every_institution

MOST_BATCHES = 20

SCHEDULE = {
    "analytics.tasks.advance_figures": 2.0,
    "analytics.tasks.sweep_reports": 30.0,
    "analytics.tasks.seal_ledgers": 5.0,
    "analytics.tasks.patrol_ledgers": 900.0,
    "analytics.tasks.prepare_ledger_months": crontab(minute="10", hour="3"),
}


@background(queue=Queue.FIGURES, across_institutions=True, seconds=120)
def advance_figures() -> None:
    """Bring every projection of every institution up to date."""
    for _institution in every_institution(reason="figures follow every institution's ledger"):
        for name in projections():
            for _batch in range(MOST_BATCHES):
                if advance_projection(actor=SYSTEM, projection=name, now=timezone.now()) < BATCH:
                    break


@background(queue=Queue.REPORTS, seconds=300)
def make_report(*, order_id: UUID) -> None:
    """Make one ordered report."""
    making.make_report(order_id=order_id, now=timezone.now())


@background(queue=Queue.REPORTS, seconds=300)
def check_report(*, order_id: UUID, asked_by: UUID) -> None:
    """Compute one report again for somebody who waits."""
    making.check_report(order_id=order_id, asked_by=asked_by, now=timezone.now())


@background(queue=Queue.DEFAULT, across_institutions=True, seconds=120)
def sweep_reports() -> None:
    """Order what the calendar asks for, and ring for what was left behind or failed."""
    for _institution in every_institution(reason="reports are due everywhere by the calendar"):
        order_due_reports(actor=SYSTEM, now=timezone.now())
        orders, checks = take_up_due_reports(actor=SYSTEM, now=timezone.now())
        for order_id in orders:
            defer("analytics.tasks.make_report", order_id=order_id)
        for order_id, asked_by in checks:
            defer("analytics.tasks.check_report", order_id=order_id, asked_by=asked_by)


@background(queue=Queue.SEALS, across_institutions=True, seconds=120)
def seal_ledgers() -> None:
    """Seal what has settled in every institution's ledger."""
    for _institution in every_institution(reason="every institution's ledger is sealed, each by itself"):
        for _batch in range(MOST_BATCHES):
            if seal_ledger(actor=SYSTEM, now=timezone.now()) < LARGEST:
                break


@background(queue=Queue.PATROL, across_institutions=True, seconds=600)
def patrol_ledgers() -> None:
    """Compute seals of every institution again; people are told when they do not hold."""
    for _institution in every_institution(reason="every institution's seals are checked, each by itself"):
        patrol(now=timezone.now())


@background(queue=Queue.DEFAULT, across_institutions=True)
def prepare_ledger_months() -> None:
    """Make the ledger's coming months ahead of time."""
    prepare_months(now=timezone.now())
