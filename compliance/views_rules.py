"""The institution's own rules: add, try, look at what would change, put in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from compliance.golden_rows import PLACES, SECTOR_WORDS
from compliance.library import articles
from compliance.models import Review, RulePack, Trial
from compliance.packs import contributors_of
from compliance.scanner import default_pack
from compliance.trials import BETTER, GRAVE, STILL, WORSE, score_of, standing_trial
from compliance.usecases import activate_pack, add_term, ask_trial, remove_term
from compliance.views_requirements import forms, requirements_told
from compliance.wording import category_label
from kernel.errors import DomainError, NotFound
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_PER_PAGE = 50
_PER_TRIAL_PAGE = 20
_FIRST = 5
_MOST_SHOWN = 200
_HIGHEST = 2**31 - 1
_GROUPS = {"worse": WORSE, "better": BETTER, "still": STILL}
_LISTS = ("trial__sentences", "trial__contents")
KIND_WORDS = {
    "missed": gettext_lazy("违规句将被放过"),
    "blocked": gettext_lazy("合规句将被拦截"),
    "alarmed": gettext_lazy("合规句将被提醒"),
    "milder": gettext_lazy("违规句由拦截降为提醒"),
    "caught": gettext_lazy("违规句将被识别"),
    "cleared": gettext_lazy("合规句不再误报"),
    "eased": gettext_lazy("合规句由拦截降为提醒"),
    "stricter": gettext_lazy("违规句由提醒升为拦截"),
    "still_missed": gettext_lazy("违规句仍未识别"),
    "still_alarmed": gettext_lazy("合规句仍被误报"),
}


@staff_door(Permission.MANAGE_RULES)
@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    """The pack in force, the draft, and what the draft would change."""
    packs = RulePack.objects.select_related("author", "activated_by").order_by("-number")
    draft: RulePack | None = packs.filter(status="draft").first()
    active: RulePack | None = packs.filter(status="active").first()
    context = {
        **_tried(draft, request.now),
        "active": active,
        "draft": draft,
        "past": packs.filter(status="retired")
        .select_related("trial")
        .defer("terms", "requirements", *_LISTS),
        "page": Paginator(active.terms if active else [], _PER_PAGE).get_page(request.GET.get("page")),
        "added": _beyond(draft, active)[:_MOST_SHOWN],
        "removed": _beyond(active, draft)[:_MOST_SHOWN] if draft else [],
        "required": requirements_told(active),
        "newly_required": requirements_told(draft, beyond=active),
        "no_longer_required": requirements_told(active, beyond=draft) if draft else [],
        "requirement_forms": forms(),
        "own_draft": draft is not None and request.actor.id in draft.contributors,
        "writers": contributors_of(draft) if draft else [],
        "categories": [(key, category_label(key)) for key in default_pack().categories],
        "articles": list(articles().values()),
        "shipped": len(default_pack().terms) + len(default_pack().patterns),
    }
    return render(request, "compliance/rules.html", context)


@staff_door(Permission.MANAGE_RULES)
@require_POST
def try_draft(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    return _done(
        request,
        lambda: ask_trial(actor=request.actor, pack_id=pack_id, now=request.now),
        _("已开始试运行，通常几秒钟，稍后刷新本页。"),
    )


@staff_door(Permission.MANAGE_RULES)
@require_safe
def trial(request: StaffRequest, number: int) -> HttpResponse:
    """All a trial found: sentence by sentence, or content by content. Raises NotFound."""
    if number > _HIGHEST or (found := _trial(number)) is None:
        raise NotFound
    show = request.GET.get("show", "")
    show = show if show in {"contents", *_GROUPS} else ""
    if show == "contents":
        shown = found.contents
    else:
        shown = [one for one in found.sentences if not show or one["kind"] in _GROUPS[show]]
    page = Paginator(shown, _PER_TRIAL_PAGE).get_page(request.GET.get("page"))
    context = {
        **_figures(found),
        "show": show,
        "page": page,
        "sentences": [] if show == "contents" else [_sentence(one) for one in page.object_list],
        "contents": _contents(list(page.object_list)) if show == "contents" else [],
        "counts": {
            name: sum(one["kind"] in kinds for one in found.sentences) for name, kinds in _GROUPS.items()
        },
    }
    return render(request, "compliance/trial.html", context)


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
    number = request.POST.get("trial", "")
    return _done(
        request,
        lambda: activate_pack(
            actor=request.actor,
            pack_id=pack_id,
            trial=int(number) if number.isdecimal() and len(number) < 10 else 0,
            acknowledged=request.POST.get("acknowledged", "").replace("\0", ""),
            now=request.now,
        ),
        _("新规则包已启用。"),
    )


def _trial(number: int) -> Trial | None:
    found: Trial | None = Trial.objects.select_related("pack", "by").filter(number=number).first()
    return found


def _tried(draft: RulePack | None, now: datetime) -> dict[str, Any]:
    """The draft's trial, if it still stands, and the first of what it found."""
    found = standing_trial(draft, now=now) if draft else None
    stale = draft is not None and found is None and Trial.objects.filter(pack=draft).exists()
    waiting = draft is not None and draft.trial_asked_at is not None
    if found is None:
        return {"trial": None, "stale": stale, "waiting": waiting}
    worse = [one for one in found.sentences if one["kind"] in WORSE]
    better = [one for one in found.sentences if one["kind"] in BETTER]
    return {
        **_figures(found),
        "waiting": waiting,
        "worse": [_sentence(one) for one in worse[:_FIRST]],
        "worse_count": len(worse),
        "better": [_sentence(one) for one in better[:_FIRST]],
        "better_count": len(better),
        "contents": _contents(found.contents[:_FIRST]),
    }


def _figures(found: Trial) -> dict[str, Any]:
    return {
        "trial": found,
        "before": score_of(found.before),
        "after": score_of(found.after),
        "changed_count": len(found.contents),
    }


def _sentence(one: Mapping[str, Any]) -> dict[str, Any]:
    """A judged sentence in words."""
    return {
        **one,
        "place": PLACES.get(one["content_type"], one["content_type"]),
        "sector_words": SECTOR_WORDS.get(one["sector"], one["sector"]),
        "says": KIND_WORDS[one["kind"]],
        "tone": "danger"
        if one["kind"] in GRAVE
        else "caution"
        if one["kind"] in WORSE
        else "good"
        if one["kind"] in BETTER
        else "",
    }


def _contents(some: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Changed contents with their reviews; one query."""
    reviews = Review.objects.only("id", "title", "status").in_bulk([one["review"] for one in some])
    known = {str(key): review for key, review in reviews.items()}
    return [{**one, "review": known[one["review"]]} for one in some if one["review"] in known]


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
