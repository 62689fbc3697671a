"""Making a report: count, draw, hand over. Counting and drawing take time and hold no transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from psycopg2.errors import QueryCanceled

from analytics.models import Report, ReportOrder
from analytics.paper import draw
from analytics.queries.reports import earlier_contents
from analytics.registry import report_kinds
from analytics.reports.base import COUNTING_SECONDS, EXACT_STAGES, Basis, Content
from analytics.usecases.reports import (
    TOO_LONG,
    Finished,
    claim_report,
    note_check,
    note_failure,
    note_late_check,
    number_of,
    settle_report,
)
from campaigns.models import Campaign
from kernel.actor import SYSTEM
from kernel.fingerprint import fingerprint
from ledger.queries import Position, settled_position
from tenancy.scope import institution_of

log = logging.getLogger("hequ.reports")


def make_report(*, order_id: UUID, now: datetime) -> Report | None:
    """Make an ordered report and keep it; safe to ring twice.

    What goes wrong is written on the order, where people see it, and tried again later.
    """
    order = claim_report(actor=SYSTEM, order_id=order_id, now=now)
    if order is None:
        return None
    try:
        finished = _finished(order)
    except Exception as error:  # whatever it is belongs on the order, not in a lost task
        log.exception("report not made", extra={"order": str(order_id)})
        problem = TOO_LONG if took_too_long(error) else type(error).__name__
        note_failure(actor=SYSTEM, order_id=order_id, problem=problem, now=now)
        return None
    return settle_report(actor=SYSTEM, order_id=order_id, finished=finished, now=now)


def comes_out_the_same(report: Report, *, seconds: float = COUNTING_SECONDS) -> bool:
    """Whether computing the report again from its basis, by its rules, gives the same bytes.

    Raises OperationalError when a question takes longer than ``seconds`` (see `took_too_long`).
    """
    rules = report.content.get("basis", {}).get("rules", EXACT_STAGES)
    basis = Basis(report.until, Position(report.transaction, report.entry), rules, seconds)
    return fingerprint(_content(report.kind, report.campaign_id, basis)) == report.fingerprint


def check_report(*, order_id: UUID, asked_by: UUID, now: datetime) -> None:
    """Compute a report again for somebody who waits, and tell them what came of it."""
    try:
        same = comes_out_the_same(Report.objects.defer("pdf").get(order_id=order_id))
    except (OperationalError, SoftTimeLimitExceeded) as error:
        if not took_too_long(error):
            raise
        note_late_check(actor=SYSTEM, order_id=order_id, tell=asked_by, now=now)
    else:
        note_check(actor=SYSTEM, order_id=order_id, same=same, tell=asked_by, now=now)


def took_too_long(error: Exception) -> bool:
    """Whether the database or the worker was told to stop, the time being up."""
    return isinstance(error, SoftTimeLimitExceeded) or isinstance(error.__cause__, QueryCanceled)


def _finished(order: ReportOrder) -> Finished:
    basis = Basis(order.until, settled_position(), seconds=COUNTING_SECONDS)
    content = _content(order.kind, order.campaign_id, basis)
    campaign: Campaign = Campaign.objects.get(pk=order.campaign_id)
    number = number_of(order.kind, campaign, order.until)
    pdf = draw(
        report_kinds()[order.kind],
        content,
        institution=institution_of(order.institution_id),
        number=number,
        fingerprint=fingerprint(content),
        until=order.until,
    )
    return Finished(content=content, basis=basis, number=number, pdf=pdf)


def _content(kind: str, campaign_id: UUID, basis: Basis) -> Content:
    campaign: Campaign = Campaign.objects.get(pk=campaign_id)
    earlier = earlier_contents(kind, campaign_id, basis.until)
    return {"kind": kind, **report_kinds()[kind].compute(campaign, basis, earlier)}
