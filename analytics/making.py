"""Making a report: count, draw, hand over. Counting and drawing take time and hold no transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from analytics.models import Report, ReportOrder
from analytics.paper import draw
from analytics.queries.reports import earlier_contents
from analytics.registry import report_kinds
from analytics.reports.base import Basis, Content
from analytics.usecases.reports import Finished, note_failure, number_of, settle_report
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
    order: ReportOrder = ReportOrder.objects.get(pk=order_id)
    if order.state == ReportOrder.State.MADE:
        return None
    try:
        finished = _finished(order)
    except Exception as error:  # whatever it is belongs on the order, not in a lost task
        log.exception("report not made", extra={"order": str(order_id)})
        note_failure(actor=SYSTEM, order_id=order_id, problem=type(error).__name__, now=now)
        return None
    return settle_report(actor=SYSTEM, order_id=order_id, finished=finished, now=now)


def comes_out_the_same(report: Report) -> bool:
    """Whether computing the report again from its basis gives the same bytes."""
    basis = Basis(report.until, Position(report.transaction, report.entry))
    return fingerprint(_content(report.kind, report.campaign_id, basis)) == report.fingerprint


def _finished(order: ReportOrder) -> Finished:
    basis = Basis(order.until, settled_position())
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
