"""Asking for a report, settling what came of it, taking it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Q

from analytics.models import Report, ReportOrder
from analytics.queries.reports import (
    campaigns_of_yesterday,
    campaigns_over,
    campaigns_without_first_report,
    checks_due,
    orders_due,
)
from analytics.registry import report_kinds
from analytics.reports.base import Basis, Content, ReportKind
from campaigns.models import Campaign
from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.errors import DomainError, NotFound
from kernel.fingerprint import fingerprint
from kernel.timekeeping import SHANGHAI, end_of_day, local_day, start_of_day
from ledger.record import record
from tenancy.notices import notify
from tenancy.roles import Permission
from tenancy.usecase import usecase

MAKE = "analytics.tasks.make_report"
CHECK = "analytics.tasks.check_report"
PATIENCE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
CLAIM = timedelta(minutes=6)  # longer than a worker may run
MOST_TRIES = 8
TOO_LONG = "too_long"
GIVEN_UP = "report.given_up"
SAME, DIFFERENT, LATE = (
    "report.same", "report.different", "report.check_late",
)  # fmt: skip


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
def take_up_due_reports(*, actor: Actor, now: datetime) -> tuple[Sequence[UUID], Sequence[tuple[UUID, UUID]]]:
    """Orders that nobody is making, and checks that nobody has done with who waits for them: each is handed
    out again only after a while.
    """
    orders, checks = orders_due(now), checks_due(now)
    taken = [*orders, *(order_id for order_id, _waiting in checks)]
    ReportOrder.objects.filter(pk__in=taken).update(next_try_at=now + CLAIM)
    return orders, checks


@usecase(by="system", may_do_nothing=True)
def claim_report(*, actor: Actor, order_id: UUID, now: datetime) -> ReportOrder | None:
    """Take an order in hand, one worker at a time; None when it is made, given up or in other hands."""
    over = (ReportOrder.State.MADE, ReportOrder.State.GIVEN_UP)
    free = ReportOrder.objects.filter(pk=order_id).exclude(state__in=over)
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    if not free.update(claimed_until=now + CLAIM):
        return None
    return ReportOrder.of(order_id)


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
    order.claimed_until = None
    order.save(update_fields=["state", "problem", "settled_at", "claimed_until"])
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
    """Say on the order what went wrong. It is tried again, each time after a longer wait, and given up after
    the eighth time; at once where counting took too long, for it would again. Whoever waits is then told.
    """
    order: ReportOrder = ReportOrder.objects.locked(order_id)
    if order.state == ReportOrder.State.MADE:
        return
    order.state, order.problem, order.tries = ReportOrder.State.FAILED, problem[:64], order.tries + 1
    order.next_try_at = now + min(timedelta(minutes=2 ** min(order.tries, 10)), LONGEST_WAIT)
    order.claimed_until = None
    if problem == TOO_LONG or order.tries >= MOST_TRIES:
        order.state = ReportOrder.State.GIVEN_UP
        source = uuid5(order.id, str(order.tries))
        notify([_waiting_for(order)], kind=GIVEN_UP, subject=Ref("report", order.id), source=source, now=now)
    order.save(update_fields=["state", "problem", "tries", "next_try_at", "claimed_until"])
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
    """Try an order that failed or was given up again now. Raises NotFound."""
    order: ReportOrder | None = ReportOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFound
    if order.state in (ReportOrder.State.FAILED, ReportOrder.State.GIVEN_UP):
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


@usecase(Permission.VIEW_REPORTS, by="staff_or_system")
def note_check(*, actor: Actor, order_id: UUID, same: bool, tell: UUID | None = None, now: datetime) -> None:
    """Record that a report was computed again, and whether it came out the same; tell who waits for it."""
    report = Ref("report", order_id)
    record("analytics.report_checked", actor=actor, subject=report, at=now, same=same)
    if tell:
        ReportOrder.objects.filter(pk=order_id, check_for=tell).update(check_for=None)
        kind = SAME if same else DIFFERENT
        notify([tell], kind=kind, subject=report, source=uuid5(order_id, f"{tell}{now}"), now=now)


@usecase(Permission.VIEW_REPORTS)
def ask_for_check(*, actor: Actor, order_id: UUID, now: datetime) -> None:
    """Have a worker compute a report again that takes too long for a page; who asked is told the outcome."""
    ReportOrder.objects.filter(pk=order_id).update(check_for=actor.id, next_try_at=now + CLAIM)
    record("analytics.report_check_asked", actor=actor, subject=Ref("report", order_id), at=now)
    defer(CHECK, order_id=order_id, asked_by=actor.id)


@usecase(by="system")
def note_late_check(*, actor: Actor, order_id: UUID, tell: UUID, now: datetime) -> None:
    """Record that computing a report again took too long even for a worker, and tell who waits for it."""
    report = Ref("report", order_id)
    ReportOrder.objects.filter(pk=order_id, check_for=tell).update(check_for=None)
    record("analytics.report_check_stopped", actor=actor, subject=report, at=now)
    notify([tell], kind=LATE, subject=report, source=uuid5(order_id, f"{tell}{now}"), now=now)


def _waiting_for(order: ReportOrder) -> UUID:
    """Who asked for a report; of one made by the calendar, the campaign's author."""
    if order.asked_by:
        return order.asked_by
    author: UUID = Campaign.objects.values_list("author_id", flat=True).get(pk=order.campaign_id)
    return author


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
