"""Asking for a report, settling what came of it, taking it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from analytics.models import Report, ReportOrder
from analytics.queries.reports import campaigns_of_yesterday, campaigns_over, campaigns_without_first_report
from analytics.registry import report_kinds
from analytics.reports.base import Basis, Content, ReportKind
from campaigns.models import Campaign
from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.errors import DomainError, NotFound
from kernel.fingerprint import fingerprint
from kernel.timekeeping import SHANGHAI, end_of_day, local_day, start_of_day
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase

MAKE = "analytics.tasks.make_report"
PATIENCE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)


class NothingToReport(DomainError):
    """The campaign has never been published."""

    code = "nothing_to_report"
    zh = "活动还没有发布过，暂无可报告的数据。"
    en = "This campaign has never been published; there is nothing to report yet."


@dataclass(frozen=True, slots=True)
class Finished:
    """What the maker hands over: the content, what it was counted from, and its PDF."""

    content: Content
    basis: Basis
    number: str
    pdf: bytes


@usecase(Permission.MAKE_REPORT, by="staff_or_system", may_do_nothing=True)
def order_report(
    *, actor: Actor, kind: str, campaign_id: UUID, until: datetime, now: datetime
) -> ReportOrder:
    """Ask for a report up to ``until``; asking twice is one order. A worker makes it.

    Raises NotFound, NothingToReport.
    """
    if kind not in report_kinds():
        raise NotFound
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound
    if campaign.published_at is None:
        raise NothingToReport
    order: ReportOrder
    order, fresh = ReportOrder.objects.get_or_create(
        kind=kind,
        campaign_id=campaign_id,
        until=min(until, now).replace(microsecond=0),
        defaults={
            "asked_by": actor.id if actor.kind == "staff" else None,
            "asked_at": now,
            "next_try_at": now + PATIENCE,
        },
    )
    if fresh:
        record(
            "analytics.report_ordered",
            actor=actor,
            subject=Ref("report", order.id),
            at=now,
            campaign_id=campaign_id,
            kind=kind,
        )
        defer(MAKE, order_id=order.id)
    return order


@usecase(by="system", may_do_nothing=True)
def order_due_reports(*, actor: Actor, now: datetime) -> int:
    """Order what the calendar asks for: the first report, each day's after midnight, the one of the end."""
    due = [due for kind in report_kinds().values() for due in _due(kind, now)]
    for kind, campaign_id, until in due:
        order_report(actor=actor, kind=kind, campaign_id=campaign_id, until=until, now=now)
    return len(due)


@usecase(by="system", may_do_nothing=True)
def settle_report(*, actor: Actor, order_id: UUID, finished: Finished, now: datetime) -> Report | None:
    """Keep what the maker made; None if another worker was quicker."""
    order: ReportOrder = ReportOrder.objects.locked(order_id)
    if order.state == ReportOrder.State.MADE:
        return None
    report: Report = Report.objects.create(
        order=order,
        number=finished.number,
        kind=order.kind,
        campaign_id=order.campaign_id,
        until=order.until,
        transaction=finished.basis.position.transaction,
        entry=finished.basis.position.id,
        content=finished.content,
        fingerprint=fingerprint(finished.content),
        pdf=finished.pdf,
        pdf_sha256=hashlib.sha256(finished.pdf).hexdigest(),
        made_at=now,
    )
    order.state, order.problem, order.settled_at = ReportOrder.State.MADE, "", now
    order.save(update_fields=["state", "problem", "settled_at"])
    record(
        "analytics.report_made",
        actor=actor,
        subject=Ref("report", order.id),
        at=now,
        campaign_id=order.campaign_id,
        kind=order.kind,
        fingerprint=report.fingerprint,
    )
    return report


@usecase(by="system", may_do_nothing=True)
def note_failure(*, actor: Actor, order_id: UUID, problem: str, now: datetime) -> None:
    """Say on the order what went wrong; it is tried again, each time after a longer wait."""
    order: ReportOrder = ReportOrder.objects.locked(order_id)
    if order.state == ReportOrder.State.MADE:
        return
    order.state, order.problem, order.tries = ReportOrder.State.FAILED, problem[:64], order.tries + 1
    order.next_try_at = now + min(timedelta(minutes=2 ** min(order.tries, 10)), LONGEST_WAIT)
    order.save(update_fields=["state", "problem", "tries", "next_try_at"])
    record(
        "analytics.report_failed",
        actor=actor,
        subject=Ref("report", order.id),
        at=now,
        campaign_id=order.campaign_id,
        problem=order.problem,
        tries=order.tries,
    )


@usecase(Permission.MAKE_REPORT)
def retry_report(*, actor: Actor, order_id: UUID, now: datetime) -> ReportOrder:
    """Try a failed order again now. Raises NotFound."""
    order: ReportOrder | None = ReportOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFound
    if order.state == ReportOrder.State.FAILED:
        order.state, order.next_try_at = ReportOrder.State.WAITING, now + PATIENCE
        order.save(update_fields=["state", "next_try_at"])
    record(
        "analytics.report_retried",
        actor=actor,
        subject=Ref("report", order.id),
        at=now,
        campaign_id=order.campaign_id,
    )
    defer(MAKE, order_id=order.id)
    return order


@usecase(Permission.VIEW_REPORTS)
def take_out_report(*, actor: Actor, order_id: UUID, form: str, now: datetime) -> Report:
    """A finished report to carry away; who took it is recorded. Raises NotFound."""
    report: Report | None = Report.objects.filter(order_id=order_id).first()
    if report is None:
        raise NotFound
    record(
        "analytics.report_downloaded",
        actor=actor,
        subject=Ref("report", order_id),
        at=now,
        campaign_id=report.campaign_id,
        form=form,
        fingerprint=report.fingerprint,
    )
    return report


@usecase(Permission.VIEW_REPORTS)
def note_check(*, actor: Actor, order_id: UUID, same: bool, now: datetime) -> None:
    """Record that a report was computed again, and whether it came out the same."""
    record("analytics.report_checked", actor=actor, subject=Ref("report", order_id), at=now, same=same)


def _due(kind: ReportKind, now: datetime) -> Iterator[tuple[str, UUID, datetime]]:
    """What is due of one kind: campaign and moment to count up to."""
    if kind.rhythm == "at_end":
        for campaign in campaigns_over(kind.key, now):
            if campaign.ends_on is not None:
                yield kind.key, campaign.id, end_of_day(campaign.ends_on)
        return
    for campaign in campaigns_without_first_report(kind.key):
        yield kind.key, campaign.id, now
    for campaign in campaigns_of_yesterday(kind.key, now):
        yield kind.key, campaign.id, start_of_day(local_day(now))


def number_of(kind: str, campaign: Campaign, until: datetime) -> str:
    """The number a report carries: campaign, kind and moment, readable over the phone."""
    return f"{campaign.code.upper()}-{kind[0].upper()}{until.astimezone(SHANGHAI):%Y%m%d%H%M%S}"
