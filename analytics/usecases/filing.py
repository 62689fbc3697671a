"""Handing a report's package in: taken out, and written down once the regulator has it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from analytics.filing.package import Filing, filing_of
from analytics.filing.parts import DEMANDS
from analytics.models import Report, Submission
from kernel.actor import Actor, Ref
from kernel.enumeration import enumerated
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.scope import current_institution
from kernel.timekeeping import end_of_day, local_day
from ledger.models import Entry
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

WHOLE = "zip"


class FilingIncomplete(DomainError):
    """A part that must be in a filing is missing; nothing is handed in without it."""

    code = "filing_incomplete"
    zh = "备案材料不完整，缺少：{missing}。"
    en = "The filing is not complete. Missing: {missing}."


class NotTakenOut(DomainError):
    """What was handed in must have been taken out of here, up to the day it was handed in."""

    code = "filing_not_taken_out"
    zh = "到报送日为止没有人下载过全部材料（ZIP）。请下载后报送，再登记。"
    en = "Nobody had taken out the whole package (ZIP) by that day. Please download and hand it in first."


class AlreadyFiled(DomainError):
    code = "already_filed"
    zh = "这个受理机关的回执编号已经登记过。"
    en = "This receipt of this authority is in the log already."


@usecase(Permission.VIEW_REPORTS)
def take_out_filing(*, actor: Actor, order_id: UUID, form: str, now: datetime) -> Filing:
    """A report's package to carry away; who took it is recorded, and what every file's hash was.

    Raises NotFound.
    """
    report = _report(order_id)
    filing = filing_of(report, institution_of(current_institution()))
    missing = [part.demand.key for part in filing.parts if not part.is_there]
    whole: dict[str, Any] = {"files": filing.hashes, "missing": missing}
    record(
        "analytics.filing_taken",
        actor=actor,
        subject=Ref("report", order_id),
        at=now,
        campaign_id=report.campaign_id,
        form=form,
        sha256=filing.sha256,
        **(whole if form == WHOLE else {}),
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
    """Write down that the package last taken out by that day was handed in, with every file's hash.

    Nothing is packed anew: a colleague renamed since would change the bytes, and not what was handed in.
    Raises NotFound, BadRequest, NotTakenOut, FilingIncomplete, AlreadyFiled.
    """
    report = _report(order_id)
    named, number, words = authority.strip(), receipt.strip(), remark.strip()
    fit = 0 < len(named) <= 80 and 0 < len(number) <= 80 and len(words) <= 300
    if not fit or not local_day(report.until) <= filed_on <= local_day(now):
        raise BadRequest
    taken = _taken(order_id, by=filed_on)
    if taken["missing"]:
        labels = {demand.key: str(demand.label) for demand in DEMANDS}
        raise FilingIncomplete(missing=enumerated(labels[key] for key in taken["missing"]))
    entry = _written(report, taken, actor, (named, number, words), filed_on, now)
    record(
        "analytics.filed",
        actor=actor,
        subject=Ref("report", order_id),
        at=now,
        campaign_id=report.campaign_id,
        submission=str(entry.id),
        filed_on=filed_on.isoformat(),
        sha256=entry.sha256,
    )
    return entry


def _taken(order_id: UUID, *, by: date) -> dict[str, Any]:
    """What the ledger says of the last whole package taken out up to a day. Raises NotTakenOut."""
    found: dict[str, Any] | None = (
        Entry.objects.filter(
            verb="analytics.filing_taken",
            subject_kind="report",
            subject_id=order_id,
            at__lt=end_of_day(by),
            data__form=WHOLE,
            data__has_key="files",
        )
        .order_by("-at", "-id")
        .values_list("data", flat=True)
        .first()
    )
    if found is None:
        raise NotTakenOut
    return found


def _written(
    report: Report,
    taken: dict[str, Any],
    actor: Actor,
    words: tuple[str, str, str],
    filed_on: date,
    now: datetime,
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
                files=taken["files"],
                sha256=taken["sha256"],
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
