"""The institution's own rules: add, try, put in force."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.library import articles
from compliance.models import RulePack
from compliance.packs import contributors_of, tried
from compliance.scanner import default_pack
from compliance.usecases import activate_pack, add_term, remove_term
from kernel.errors import DomainError
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_PER_PAGE = 50
_PAST = 20
_MOST_SHOWN = 200


@staff_door(Permission.MANAGE_RULES)
@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    """The pack in force, the draft, and what the draft would change."""
    packs = RulePack.objects.select_related("author", "activated_by").order_by("-number")
    draft: RulePack | None = packs.filter(status="draft").first()
    active: RulePack | None = packs.filter(status="active").first()
    english = (get_language() or "").startswith("en")
    context = {
        "active": active,
        "draft": draft,
        "past": packs.filter(status="retired").defer("terms")[:_PAST],
        "page": Paginator(active.terms if active else [], _PER_PAGE).get_page(request.GET.get("page")),
        "added": _beyond(draft, active)[:_MOST_SHOWN],
        "removed": _beyond(active, draft)[:_MOST_SHOWN] if draft else [],
        "trial": tried(draft) if draft else None,
        "own_draft": draft is not None and request.actor.id in draft.contributors,
        "writers": contributors_of(draft) if draft else [],
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


def _beyond(pack: RulePack | None, other: RulePack | None) -> list[dict[str, str]]:
    """Terms of a pack that the other lacks."""
    known = {row["term"] for row in other.terms} if other else set()
    return [row for row in pack.terms if row["term"] not in known] if pack else []


def _done(request: StaffRequest, deed: Callable[[], object], said: str) -> HttpResponse:
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, said)
    return redirect("compliance:rules")
