"""Handing a report's package in: taken out, and written down once the regulator has it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from analytics.filing.package import Filing, filing_of
from analytics.models import Report, Submission
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase


class FilingIncomplete(DomainError):
    """A part that must be in a filing is missing; nothing is handed in without it."""

    code = "filing_incomplete"
    zh = "备案材料不完整,缺少:{missing}。"
    en = "The filing is not complete. Missing: {missing}."


class AlreadyFiled(DomainError):
    code = "already_filed"
    zh = "这个受理机关的回执编号已经登记过。"
    en = "This receipt of this authority is in the log already."


@usecase(Permission.VIEW_REPORTS)
def take_out_filing(*, actor: Actor, order_id: UUID, form: str, now: datetime) -> Filing:
    """A report's package to carry away; who took it is recorded. Raises NotFound."""
    report = _report(order_id)
    filing = filing_of(report, institution_of(current_institution()))
    record(
        "analytics.filing_taken",
        actor=actor,
        subject=Ref("report", order_id),
        at=now,
        campaign_id=report.campaign_id,
        form=form,
        sha256=filing.sha256,
    )
    return filing


@usecase(Permission.MAKE_REPORT)
def record_submission(
    *,
    actor: Actor,
    order_id: UUID,
    authority: str,
    filed_on: date,
    receipt: str,
    remark: str = "",
    now: datetime,
) -> Submission:
    """Write down that a package was handed in, with the hash of every file that was in it.

    Raises NotFound, BadRequest, FilingIncomplete, AlreadyFiled.
    """
    report = _report(order_id)
    named, number, words = authority.strip(), receipt.strip(), remark.strip()
    fit = 0 < len(named) <= 80 and 0 < len(number) <= 80 and len(words) <= 300
    if not fit or not local_day(report.until) <= filed_on <= local_day(now):
        raise BadRequest
    filing = filing_of(report, institution_of(current_institution()))
    if not filing.is_complete:
        missing = "、".join(str(part.demand.label) for part in filing.parts if not part.is_there)
        raise FilingIncomplete(missing=missing)
    entry = _written(report, filing, actor, (named, number, words), filed_on, now)
    record(
        "analytics.filed",
        actor=actor,
        subject=Ref("report", order_id),
        at=now,
        campaign_id=report.campaign_id,
        submission=str(entry.id),
        filed_on=filed_on.isoformat(),
        sha256=filing.sha256,
    )
    return entry


def _written(
    report: Report, filing: Filing, actor: Actor, words: tuple[str, str, str], filed_on: date, now: datetime
) -> Submission:
    authority, receipt, remark = words
    try:
        with transaction.atomic():
            entry: Submission = Submission.objects.create(
                report=report,
                campaign_id=report.campaign_id,
                authority=authority,
                filed_on=filed_on,
                receipt=receipt,
                remark=remark,
                files=filing.hashes,
                sha256=filing.sha256,
                filed_by_id=actor.id,
                at=now,
            )
    except IntegrityError:
        raise AlreadyFiled from None
    return entry


def _report(order_id: UUID) -> Report:
    report: Report | None = Report.objects.filter(order_id=order_id).first()
    if report is None:
        raise NotFound
    return report
