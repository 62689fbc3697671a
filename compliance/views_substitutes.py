"""Substitutes: who stands in for whom; named, and ended early."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.standing_in import TABS, arrangements, lines, posts_of
from compliance.usecases import end_substitute, name_substitute
from kernel.errors import BadRequest, DomainError
from kernel.timekeeping import local_day
from kernel.typed import typed_day, typed_id
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_PER_PAGE = 30


@staff_door(Permission.VIEW_SUBSTITUTES)
@require_safe
def substitutes(request: StaffRequest) -> HttpResponse:
    """Mine; all of the institution for those who oversee it."""
    tab = request.GET.get("tab", "current")
    tab = tab if tab in TABS else "current"
    oversees = request.user.may(Permission.VIEW_LEDGER)
    today = local_day(request.now)
    found = arrangements(tab, today=today, of=None if oversees else request.actor.id)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines(list(page.object_list), actor=request.actor, now=request.now),
        "tab": tab,
        "oversees": oversees,
        "posts": posts_of(request.actor, now=request.now),
        "today": today.isoformat(),
        "now": request.now,
    }
    return render(request, "compliance/substitutes.html", context)


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def name(request: StaffRequest) -> HttpResponse:
    """Name who stands in for me. Raises BadRequest."""
    role, _slash, colleague = request.POST.get("colleague", "").partition("/")
    substitute_id = typed_id(colleague)
    first_day, last_day = (typed_day(request.POST.get(each, "")) for each in ("first_day", "last_day"))
    if substitute_id is None or first_day is None or last_day is None:
        raise BadRequest
    try:
        named = name_substitute(
            actor=request.actor,
            role=role,
            substitute_id=substitute_id,
            first_day=first_day,
            last_day=last_day,
            now=request.now,
        )
    except DomainError as refusal:
        messages.error(request, refusal.message())
        return redirect("compliance:substitutes")
    messages.success(request, _("已指定替代人，对方会收到提醒。"))
    coming = named.first_day > local_day(request.now)
    response = redirect("compliance:substitutes")
    response["Location"] += "?tab=coming" if coming else ""
    return response


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def end(request: StaffRequest, named_id: UUID) -> HttpResponse:
    """End an arrangement early. Raises NotFound."""
    end_substitute(actor=request.actor, named_id=named_id, now=request.now)
    messages.success(request, _("替代安排已结束。"))
    return redirect("compliance:substitutes")
