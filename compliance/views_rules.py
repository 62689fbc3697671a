"""The institution's own rules: add, try, put in force."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.library import articles
from compliance.models import RulePack
from compliance.packs import tried
from compliance.scanner import default_pack
from compliance.usecases import activate_pack, add_term, remove_term
from kernel.errors import DomainError
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission


@staff_door(Permission.MANAGE_RULES)
@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    """The pack in force, the draft, and what the draft would change."""
    packs = list(RulePack.objects.select_related("author", "activated_by").order_by("-number"))
    draft = next((pack for pack in packs if pack.status == "draft"), None)
    english = (get_language() or "").startswith("en")
    context = {
        "active": next((pack for pack in packs if pack.status == "active"), None),
        "draft": draft,
        "past": [pack for pack in packs if pack.status == "retired"],
        "trial": tried(draft) if draft else None,
        "own_draft": draft is not None and draft.author_id == request.actor.id,
        "categories": [
            (one.key, one.label_en if english else one.label) for one in default_pack().categories.values()
        ],
        "articles": list(articles().values()),
        "shipped": len(default_pack().terms) + len(default_pack().patterns),
    }
    return render(request, "compliance/rules.html", context)


@staff_door(Permission.MANAGE_RULES)
@require_POST
def add(request: StaffRequest) -> HttpResponse:
    typed = request.POST
    return _done(
        request,
        lambda: add_term(
            actor=request.actor,
            term=typed.get("term", ""),
            category=typed.get("category", ""),
            severity=typed.get("severity", ""),
            article=typed.get("article", ""),
            suggestion=typed.get("suggestion", ""),
            unless=typed.get("unless", ""),
            now=request.now,
        ),
        _("已加入草稿。"),
    )


@staff_door(Permission.MANAGE_RULES)
@require_POST
def remove(request: StaffRequest) -> HttpResponse:
    return _done(
        request,
        lambda: remove_term(actor=request.actor, term=request.POST.get("term", ""), now=request.now),
        _("已从草稿移除。"),
    )


@staff_door(Permission.MANAGE_RULES)
@require_POST
def activate(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    return _done(
        request,
        lambda: activate_pack(actor=request.actor, pack_id=pack_id, now=request.now),
        _("新规则包已启用。"),
    )


def _done(request: StaffRequest, deed: Callable[[], object], said: str) -> HttpResponse:
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, said)
    return redirect("compliance:rules")
