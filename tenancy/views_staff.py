"""The administrator's list of colleagues: who holds which role, who is invited, who is shut out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.addresses import back_office_address
from kernel.errors import DomainError
from kernel.timekeeping import local_day
from tenancy import access
from tenancy import colleagues as deeds
from tenancy.confirming import ask_reset
from tenancy.doors import StaffRequest, staff_door
from tenancy.forms import ColleagueForm, LastDayForm, RolesForm
from tenancy.models import AccessRequest, Branch, Staff
from tenancy.queries import colleague_facts, colleagues_matching
from tenancy.roles import ROLE_LABELS, Permission, Role
from tenancy.scope import institution_of
from tenancy.second_person import needs_second_person, other_administrators, waiting_for
from tenancy.usecases import UsernameTaken, add_staff

_PER_PAGE = 30


@staff_door(Permission.VIEW_STAFF)
@require_safe
def colleagues(request: StaffRequest) -> HttpResponse:
    words, role = request.GET.get("q", "").strip()[:40], request.GET.get("role", "")
    found = colleagues_matching(words, role if role in set(Role) else "")
    context = {
        "page": Paginator(found, _PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "role": role,
        "roles": [(each.value, label) for each, label in ROLE_LABELS.items()],
        "may_manage": request.user.may(Permission.MANAGE_STAFF),
        "now": request.now,
    }
    return render(request, "tenancy/colleagues.html", context)


@staff_door(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    form = ColleagueForm(
        request.POST or None, branches=Branch.objects.filter(is_active=True).order_by("name", "id")
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            staff = add_staff(
                actor=request.actor,
                username=typed["username"],
                display_name=typed["display_name"],
                roles=typed["roles"],
                branch_id=UUID(typed["branch"]) if typed["branch"] else None,
                now=request.now,
            )
        except UsernameTaken as taken:
            form.add_error("username", taken.message())
            status = taken.status
        else:
            return show_invitation(request, staff)
    return render(request, "tenancy/staff_add.html", {"form": form}, status=status)


@staff_door(Permission.VIEW_STAFF)
@require_safe
def colleague(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff = Staff.of(staff_id)
    context = {
        "colleague": staff,
        "facts": colleague_facts(staff, now=request.now),
        "form": RolesForm(initial={"roles": staff.roles}),
        "last_day_form": LastDayForm(today=local_day(request.now), initial={"last_day": staff.last_day}),
        "expired": staff.access_until is not None and staff.access_until <= request.now,
        "may_manage": request.user.may(Permission.MANAGE_STAFF) and staff.id != request.actor.id,
        "oneself": staff.id == request.actor.id,
        "waiting": waiting_for(staff.id),
        "guarded": needs_second_person(staff),
        "alone": not other_administrators(request.actor.id, staff.id, now=request.now).exists(),
        "actor_id": request.actor.id,
        "now": request.now,
    }
    return render(request, "tenancy/colleague.html", context)


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def roles(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    try:
        deeds.change_roles(
            actor=request.actor, staff_id=staff_id, roles=request.POST.getlist("roles"), now=request.now
        )
    except (deeds.RolesMissing, deeds.NotOnOneself, deeds.SeatReadsOnly) as refusal:
        messages.error(request, refusal.message())
    else:
        said = _("岗位已更新，从对方的下一次操作起生效。")
        asked = _("已提出。审核、服务、审计与管理岗位须另一位管理员确认后生效。")
        waits = waiting_for(staff_id).filter(what=AccessRequest.What.ROLES).exists()
        messages.success(request, asked if waits else said)
    return redirect("tenancy:colleague", staff_id=staff_id)


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def invite(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff = Staff.of(staff_id)
    if needs_second_person(staff):
        return _asked(request, staff_id, AccessRequest.What.PASSWORD)
    return show_invitation(request, staff)


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def close(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    return _done(request, staff_id, deeds.close_access, _("已停用，对方的登录立即失效。"))


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def reopen(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    said = _("已恢复，对方可以用原来的密码和验证器登录。须两人确认的岗位，另一位管理员确认后恢复。")
    return _done(request, staff_id, deeds.reopen_access, said)


@staff_door(Permission.MANAGE_STAFF)
@require_POST
def clear(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    if needs_second_person(Staff.of(staff_id)):
        return _asked(request, staff_id, AccessRequest.What.SECOND_FACTOR)
    return _done(request, staff_id, deeds.clear_second_factor, _("已解除验证器，对方下次登录时重新绑定。"))


def _asked(request: StaffRequest, staff_id: UUID, what: str) -> HttpResponse:
    """The colleague decides: what one administrator may do is ask. Raises NotOnOneself."""
    ask_reset(actor=request.actor, staff_id=staff_id, what=what, now=request.now)
    messages.success(request, _("已提出。对方担任审核、服务、审计或管理岗位，须另一位管理员确认后生效。"))
    return redirect("tenancy:colleague", staff_id=staff_id)


def _done(request: StaffRequest, staff_id: UUID, deed: deeds.Deed, said: str) -> HttpResponse:
    try:
        deed(actor=request.actor, staff_id=staff_id, now=request.now)
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, said)
    return redirect("tenancy:colleague", staff_id=staff_id)


def show_invitation(request: StaffRequest, staff: Staff) -> HttpResponse:
    """The link is shown once and never again: only its hash is kept."""
    return invitation_shown(
        request, staff, access.invite_staff(actor=request.actor, staff_id=staff.id, now=request.now)
    )


def invitation_shown(request: StaffRequest, staff: Staff, token: str) -> HttpResponse:
    """The page with the link of a token that was just made."""
    slug = institution_of(staff.institution_id).slug
    link = back_office_address(reverse("tenancy:welcome", args=[slug])) + f"#{token}"
    context = {
        "colleague": staff,
        "link": link,
        "account": f"{staff.username}@{slug}",
        "waits": waiting_for(staff.id).filter(what=AccessRequest.What.ROLES).exists(),
    }
    return render(request, "tenancy/invitation.html", context)
