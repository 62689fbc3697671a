"""The administrator's page of the customer list: key, tool, upload, how far it is, what was wrong."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kernel.errors import DomainError
from kernel.sheet import sheet
from kernel.wire import json_reply
from privacy import customer_hashes, customers
from tenancy.body_limits import PLAIN, takes_files
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

PER_PAGE = 20
_FAULTS = {
    "plain_number": gettext_lazy("疑似手机号原文，已忽略"),
    "wrong_length": gettext_lazy("长度不是 64 位"),
    "wrong_signs": gettext_lazy("含有不是 0–9、a–f 的字符"),
}

_HASHING_FAULTS = {
    "empty": gettext_lazy("没有内容"),
    "decimal": gettext_lazy("带小数点或科学计数，请把该列设为文本后重新导出"),
    "too_short": gettext_lazy("位数不足 11 位"),
    "too_long": gettext_lazy("位数超过 11 位"),
    "not_mobile": gettext_lazy("不是大陆手机号"),
}
_HASHING_WORDS = {
    "done": gettext_lazy("已转换 {taken} 个号码，{bad} 行没有可用的手机号。散列文件已放入下方，请上传。"),
    "nothing": gettext_lazy("没有找到手机号，未生成散列文件。{bad} 行的原因见问题行清单。"),
    "no_file": gettext_lazy("请先选择名单文件。"),
    "wrong_key": gettext_lazy("密钥不完整，请重新复制 key.txt 中的内容。"),
    "unknown_encoding": gettext_lazy("无法识别文件编码，请另存为 UTF-8 的 CSV 或 .xlsx。"),
    "not_a_workbook": gettext_lazy("这不是可读取的 .xlsx 工作簿，请另存为 .xlsx 或 CSV。"),
    "old_workbook": gettext_lazy("旧版 .xls 不能读取，请另存为 .xlsx 或 CSV。"),
    "old_browser": gettext_lazy("此浏览器版本较旧，不能读取 .xlsx，请另存为 CSV 或升级浏览器。"),
    "too_large": gettext_lazy("文件超过 256 MB，请使用散列工具转换。"),
    "no_such_column": gettext_lazy("没有名为“{column}”的列，文件中的列：{there}。"),
    "many_columns": gettext_lazy("有不止一列手机号，请填写列名。"),
    "no_secure_context": gettext_lazy("浏览器只在 https 页面上允许转换，请用 https 地址打开本页。"),
    "failed": gettext_lazy("文件无法读取，请检查后重试，或使用散列工具转换。"),
}


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """Which list answers, how far the next one is, and how to make one."""
    return render(request, "privacy/customers.html", _context(request))


@staff_door(Permission.IMPORT_CUSTOMERS)
@require_POST
def make_key(request: StaffRequest) -> HttpResponse:
    """A fresh key, shown on this one page and nowhere again."""
    _key, text = customers.make_customer_key(actor=request.actor, now=request.now)
    return render(request, "privacy/customers.html", {**_context(request), "key_text": text})


@takes_files(customers.MOST_BYTES + PLAIN)
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
    latest = customers.uploads().first()
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


def _context(request: StaffRequest) -> dict[str, object]:
    page = Paginator(customers.uploads(), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "current": customers.current_list(),
        "page": page,
        "imports": page.object_list,
        "key": customers.current_key(),
        "key_text": "",
        "hashing_words": {**_HASHING_WORDS, "faults": _HASHING_FAULTS},
    }
