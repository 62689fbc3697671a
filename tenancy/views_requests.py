"""A second administrator's word on what another asked for a colleague."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenancy.confirming import AskerLeft, OwnRequest, RequestLapsed, confirm_request, drop_request
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.views_staff import invitation_shown


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def confirm(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The invitation, shown once, or the colleague as they now are. Raises NotFound."""
    try:
        staff, token = confirm_request(actor=request.actor, request_id=request_id, now=request.now)
    except (OwnRequest, AskerLeft, RequestLapsed) as refusal:
        messages.error(request, refusal.message())
        return redirect("tenancy:staff")
    if token:
        return invitation_shown(request, staff, token)
    messages.success(request, _("已确认，立即生效。"))
    return redirect("tenancy:colleague", staff_id=staff.id)


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def drop(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Let a request be. Raises NotFound."""
    staff = drop_request(actor=request.actor, request_id=request_id, now=request.now)
    messages.success(request, _("已放弃这份申请。"))
    return redirect("tenancy:colleague", staff_id=staff.id)
