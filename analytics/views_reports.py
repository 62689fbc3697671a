"""Reports: the list, one report to read, to carry away, to compute again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from analytics.making import comes_out_the_same, took_too_long
from analytics.models import Report
from analytics.queries.reports import report_orders
from analytics.registry import report_kinds
from analytics.usecases.reports import (
    ask_for_check,
    note_check,
    order_report,
    retry_report,
    take_out_report,
)
from campaigns.models import Campaign
from kernel.errors import NotFound
from kernel.sheet import sheet
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

PAGE = 20
PAGE_SECONDS = 3  # what one question may take while somebody looks at the page


@require_GET
@staff_door(Permission.VIEW_REPORTS)
def reports(request: StaffRequest) -> HttpResponse:
    """Every report asked for, of one campaign or of all."""
    chosen = _chosen(request)
    campaigns = list(Campaign.objects.filter(published_at__isnull=False).order_by("-published_at", "id"))
    titles = {campaign.id: campaign.title for campaign in campaigns}
    page = Paginator(report_orders(chosen), PAGE).get_page(request.GET.get("page"))
    kinds = report_kinds()
    context = {
        "page": page,
        "rows": [(order, titles.get(order.campaign_id, ""), kinds[order.kind].label) for order in page],
        "campaigns": campaigns,
        "kinds": list(kinds.values()),
        "chosen": chosen,
        "now": request.now,
        "may_make": request.user.may(Permission.MAKE_REPORT),
    }
    return render(request, "analytics/reports.html", context)


@require_POST
@staff_door(Permission.MAKE_REPORT)
def order(request: StaffRequest) -> HttpResponse:
    """Ask for a report up to now."""
    campaign_id = _uuid(request.POST.get("campaign", ""))
    order_report(
        actor=request.actor,
        kind=request.POST.get("kind", ""),
        campaign_id=campaign_id,
        until=request.now,
        now=request.now,
    )
    messages.success(request, _("已开始生成，通常几秒内完成，数据很多时约一分钟。刷新本页可看到结果。"))
    return HttpResponseRedirect(f"{reverse('analytics:reports')}?campaign={campaign_id}")


@require_POST
@staff_door(Permission.MAKE_REPORT)
def retry(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Try a failed one again."""
    found = retry_report(actor=request.actor, order_id=order_id, now=request.now)
    messages.success(request, _("已重新开始生成。"))
    return HttpResponseRedirect(f"{reverse('analytics:reports')}?campaign={found.campaign_id}")


@require_GET
@staff_door(Permission.VIEW_REPORTS)
def report(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """One report as a page."""
    found = _report(order_id)
    kind = report_kinds()[found.kind]
    context = {
        "report": found,
        "label": kind.label,
        "title": found.content["campaign"]["title"],
        "sections": kind.sections(found.content),
        "now": request.now,
    }
    return render(request, "analytics/report.html", context)


@require_GET
@staff_door(Permission.VIEW_REPORTS)
def download(request: StaffRequest, order_id: UUID, form: str) -> HttpResponse:
    """The report as PDF, or its tables as CSV, under a Chinese file name."""
    taken = take_out_report(actor=request.actor, order_id=order_id, form=form, now=request.now)
    label = str(report_kinds()[taken.kind].label)
    title = taken.content["campaign"]["title"]
    name = f"{label}-{title}-{taken.number}.{form}"
    body = bytes(taken.pdf) if form == "pdf" else _csv(taken)
    kind = "application/pdf" if form == "pdf" else "text/csv; charset=utf-8"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})


@require_POST
@staff_door(Permission.VIEW_REPORTS)
def check(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Compute the report again from the ledger and say whether it is the same; a worker does a large one."""
    try:
        same = comes_out_the_same(_report(order_id), seconds=PAGE_SECONDS)
    except OperationalError as error:
        if not took_too_long(error):
            raise
        ask_for_check(actor=request.actor, order_id=order_id, now=request.now)
        messages.info(request, _("数据较多，已转到后台核对，完成后会通知您。"))
        return redirect("analytics:report", order_id)
    note_check(actor=request.actor, order_id=order_id, same=same, now=request.now)
    if same:
        messages.success(request, _("核对一致：按台账同一位置重新计算，内容指纹相同。"))
    else:
        messages.error(request, _("核对不一致：重新计算的内容与本报告不同，请联系审计查看台账。"))
    return redirect("analytics:report", order_id)


def _report(order_id: UUID) -> Report:
    found: Report | None = Report.objects.filter(order_id=order_id).defer("pdf").first()
    if found is None:
        raise NotFound
    return found


def _csv(taken: Report) -> bytes:
    """Every table of the report, one after the other; opens in a spreadsheet, and runs nothing there."""
    rows: list[Sequence[str]] = []
    for section in report_kinds()[taken.kind].sections(taken.content):
        if section.table is None:
            continue
        rows += [[section.title], section.table.head, *section.table.rows, []]
    return sheet(rows)


def _chosen(request: StaffRequest) -> UUID | None:
    text = request.GET.get("campaign", "")
    return _uuid(text) if text else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
