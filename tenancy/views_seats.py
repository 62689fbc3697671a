"""Opening an auditor seat, and moving its last day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.timekeeping import local_day
from tenancy.doors import StaffRequest, staff_door
from tenancy.forms import LastDayForm, SeatForm
from tenancy.models import AccessRequest
from tenancy.roles import Permission
from tenancy.seats import SeatDays, move_last_day, open_auditor_seat
from tenancy.second_person import waiting_for
from tenancy.usecases import UsernameTaken
from tenancy.views_staff import show_invitation


@staff_door(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Who, and until when; then the invitation, shown once."""
    form = SeatForm(request.POST or None, today=local_day(request.now))
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            staff = open_auditor_seat(
                actor=request.actor,
                username=typed["username"],
                display_name=typed["display_name"],
                last_day=typed["last_day"],
                now=request.now,
            )
        except (UsernameTaken, SeatDays) as refusal:
            form.add_error(
                "username" if isinstance(refusal, UsernameTaken) else "last_day", refusal.message()
            )
            status = refusal.status
        else:
            return show_invitation(request, staff)
    return render(request, "tenancy/seat_add.html", {"form": form}, status=status)


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def last_day(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Raises NotFound when the colleague is no seat of ours."""
    form = LastDayForm(request.POST, today=local_day(request.now))
    try:
        if not form.is_valid():
            raise SeatDays
        move_last_day(
            actor=request.actor,
            staff_id=staff_id,
            last_day=form.cleaned_data["last_day"],
            now=request.now,
        )
    except SeatDays as refusal:
        messages.error(request, refusal.message())
    else:
        said = _("席位期限已更新，立即生效。")
        asked = _("席位期限已更新。延长的席位须另一位管理员确认，确认后才能继续查看。")
        waits = waiting_for(staff_id).filter(what=AccessRequest.What.ROLES).exists()
        messages.success(request, asked if waits else said)
    return redirect("tenancy:colleague", staff_id=staff_id)
