"""备案: the package of one report, what is in it, and the log of what was handed in."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics.filing.package import filing_of
from analytics.models import Report
from analytics.queries.filing import submissions
from analytics.registry import report_kinds
from analytics.usecases.filing import record_submission, take_out_filing
from kernel.errors import DomainError, NotFound
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from kernel.typed import typed_day
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of

PAGE = 20
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FORMS = {
    "zip": ("", "application/zip"),
    "cover": ("01-cover.pdf", "application/pdf"),
    "pdf": ("02-report.pdf", "application/pdf"),
    "docx": ("02-report.docx", _WORD),
    "json": ("02-report.json", "application/json"),
}


@require_safe
@staff_door(Permission.VIEW_REPORTS)
def filing(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """What is in the package of one report, and where it was handed in."""
    report = _report(order_id)
    packed = filing_of(report, institution_of(current_institution()))
    context = {
        "report": report,
        "campaign": report.content["campaign"]["title"],
        "label": report_kinds()[report.kind].label,
        "filing": packed,
        "page": Paginator(submissions(order_id), PAGE).get_page(request.GET.get("page")),
        "forms": [("cover", _("封面 PDF")), ("pdf", _("报告 PDF")), ("docx", "Word"), ("json", "JSON")],
        "may_file": request.user.may(Permission.MAKE_REPORT),
        "today": local_day(request.now),
        "earliest": local_day(report.until),
    }
    return render(request, "analytics/filing.html", context)


@require_safe
@staff_door(Permission.VIEW_REPORTS)
def log(request: StaffRequest) -> HttpResponse:
    """Everything the institution handed in."""
    page = Paginator(submissions(), PAGE).get_page(request.GET.get("page"))
    return render(request, "analytics/filings.html", {"page": page})


@require_POST
@staff_door(Permission.VIEW_REPORTS)
def download(request: StaffRequest, order_id: UUID, form: str) -> HttpResponse:
    """The package, or one of its files. Raises NotFound."""
    if form not in _FORMS:
        raise NotFound
    name, kind = _FORMS[form]
    taken = take_out_filing(actor=request.actor, order_id=order_id, form=form, now=request.now)
    body = taken.files[name] if name else taken.body
    stem = taken.name.removesuffix(".zip")
    filename = taken.name if not name else f"{stem}-{name}"
    disposition = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})


@require_POST
@staff_door(Permission.MAKE_REPORT)
def submit(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Write down that the package was handed in."""
    typed = request.POST
    try:
        record_submission(
            actor=request.actor,
            order_id=order_id,
            authority=typed.get("authority", ""),
            filed_on=typed_day(typed.get("filed_on", "")) or date.max,
            receipt=typed.get("receipt", ""),
            remark=typed.get("remark", ""),
            now=request.now,
        )
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已登记报送。登记不可更改，可追加更正。"))
    return redirect("analytics:filing", order_id)


def _report(order_id: UUID) -> Report:
    found: Report | None = Report.objects.filter(order_id=order_id).first()
    if found is None:
        raise NotFound
    return found
