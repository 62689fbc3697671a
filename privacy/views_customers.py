"""The administrator's page of the customer list: key, tool, upload, how far it is, what was wrong."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kernel.errors import DomainError
from kernel.sheet import sheet
from kernel.wire import json_reply
from privacy import customer_hashes, customers
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_FAULTS = {
    "plain_number": gettext_lazy("疑似手机号原文，已忽略"),
    "wrong_length": gettext_lazy("长度不是 64 位"),
    "wrong_signs": gettext_lazy("含有不是 0–9、a–f 的字符"),
}


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """Which list answers, how far the next one is, and how to make one."""
    return render(request, "privacy/customers.html", _context())


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_POST
def make_key(request: StaffRequest) -> HttpResponse:
    """A fresh key, shown on this one page and nowhere again."""
    _key, text = customers.make_customer_key(actor=request.actor, now=request.now)
    return render(request, "privacy/customers.html", {**_context(), "key_text": text})


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    """Take a file of hashes in; the loading happens behind the scenes."""
    chosen = request.FILES.get("hashes")
    try:
        if chosen is None:
            raise customers.WrongCustomerFile
        customers.receive_customers(actor=request.actor, chunks=chosen.chunks(), now=request.now)
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已收到，正在后台导入，可以离开本页。"))
    return redirect("privacy:customers")


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_GET
def progress(_request: StaffRequest) -> HttpResponse:
    """How far the latest upload is."""
    latest = next(iter(customers.recent_imports(1)), None)
    if latest is None:
        return json_reply({"state": "none"})
    return json_reply(
        {
            "state": latest.state,
            "label": latest.get_state_display(),
            "percent": latest.percent,
            "rows": latest.rows,
            "bad": latest.rows_bad,
        }
    )


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_GET
def faults(_request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The row-level error file: line and reason, never the line's content."""
    lines = ([row, _FAULTS.get(code, code)] for row, code in customers.faults_of(import_id))
    body = sheet([[_("行号"), _("原因")], *lines])
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="customer-list-faults.csv"'
    return response


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_GET
def tool(_request: StaffRequest) -> HttpResponse:
    """The hashing tool, for the institution's own computer."""
    script = Path(customer_hashes.__file__).read_text(encoding="utf-8")
    response = HttpResponse(script, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="customer_hashes.py"'
    return response


def _context() -> dict[str, object]:
    return {
        "current": customers.current_list(),
        "imports": customers.recent_imports(),
        "key": customers.current_key(),
        "key_text": "",
    }
