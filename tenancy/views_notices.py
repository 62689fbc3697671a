"""A colleague's notices: read, opened, marked as read."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenancy.doors import StaffRequest, staff_door
from tenancy.notices import notices_of, read_all_notices, read_notice, unread_count, worded
from tenancy.roles import Permission

_PER_PAGE = 30


@staff_door(Permission.VIEW_HOME)
@require_safe
def notices(request: StaffRequest) -> HttpResponse:
    """What I should know, newest first."""
    unread_only = request.GET.get("tab") == "unread"
    page = Paginator(notices_of(request.actor.id, unread_only=unread_only), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "notices": worded(list(page.object_list)),
        "unread_only": unread_only,
        "unread": unread_count(request.actor.id),
        "now": request.now,
    }
    return render(request, "tenancy/notices.html", context)


@staff_door(Permission.VIEW_HOME)
@require_POST
def open_notice(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    """Mark it as read and go to what it is about. Raises NotFound."""
    notice = read_notice(actor=request.actor, notice_id=notice_id, now=request.now)
    if not notice.url:
        messages.info(request, _("这条提醒所指的内容已不存在。"))
    return redirect(notice.url or "tenancy:notices")


@staff_door(Permission.VIEW_HOME)
@require_POST
def read_all(request: StaffRequest) -> HttpResponse:
    count = read_all_notices(actor=request.actor, now=request.now)
    messages.success(request, _("已全部标为已读（%(count)s 条）。") % {"count": count})
    return redirect("tenancy:notices")
