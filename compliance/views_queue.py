"""The queue of the review desk: found, filtered, taken in hand, hurried. Nothing is decided from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from compliance.queue import (
    Wanted,
    authors_in_review,
    decided_reviews,
    open_reviews,
    open_reviews_for,
    shown_lines,
    wanted_in,
)
from compliance.reading import queue_lines
from compliance.usecases import nudge_reviewers, put_back_reviews, take_reviews
from compliance.usecases.queueing import AT_ONCE
from kernel.typed import typed_id
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_TABS = ("mine", "open", "done")
_RISKS = {"high": gettext_lazy("高"), "middle": gettext_lazy("中"), "low": gettext_lazy("低")}


@staff_door(Permission.VIEW_REVIEWS)
@require_safe
def reviews(request: StaffRequest) -> HttpResponse:
    """The queue. Mine first; the rest a tab away."""
    may_decide = request.user.may(Permission.DECIDE_REVIEW)
    tab = request.GET.get("tab", "mine" if may_decide else "open")
    mine = open_reviews_for(request.actor)
    under = {"mine": mine, "done": decided_reviews()}.get(tab, open_reviews())
    wanted = wanted_in(request.GET, actor=request.actor)
    page = Paginator(shown_lines(under, wanted, now=request.now), AT_ONCE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": queue_lines(list(page.object_list), actor=request.actor, now=request.now),
        "tab": tab if tab in _TABS else "open",
        "mine_count": mine.count(),
        "now": request.now,
        "wanted": wanted,
        "looking": wanted != Wanted(),
        "risks": _RISKS,
        "authors": [] if tab == "done" else authors_in_review(),
        "may_decide": may_decide and tab != "done",
    }
    return render(request, "compliance/reviews.html", context)


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Take the ticked ones in hand."""
    done = ngettext_lazy("已认领 %(n)s 件。", "已认领 %(n)s 件。", "n")
    return _together(request, take_reviews, done, _("没有可以认领的：已由同事认领，或不需要您的岗位。"))


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def put_back(request: StaffRequest) -> HttpResponse:
    """Let go of the ticked ones."""
    done = ngettext_lazy("已放回 %(n)s 件。", "已放回 %(n)s 件。", "n")
    return _together(request, put_back_reviews, done, _("没有您认领的内容。"))


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def nudge(request: StaffRequest) -> HttpResponse:
    """Ask for haste on the ticked ones."""
    done = ngettext_lazy("已催办 %(n)s 件。", "已催办 %(n)s 件。", "n")
    return _together(request, nudge_reviewers, done, _("四小时内已催办过，请稍后再试。"))


def _together(request: StaffRequest, deed: Callable[..., int], done: Any, nothing: str) -> HttpResponse:
    """The deed on what is ticked. Any: what gettext gives for a count takes ``%`` and has no type."""
    typed = [typed_id(one) for one in request.POST.getlist("review")[:AT_ONCE]]
    ticked = [one for one in typed if one]
    count = deed(actor=request.actor, review_ids=ticked, now=request.now) if ticked else 0
    if count:
        messages.success(request, done % {"n": count})
    else:
        messages.info(request, nothing if ticked else _("请先勾选内容。"))
    tab = request.POST.get("tab", "")
    return redirect(f"{reverse('compliance:reviews')}?tab={tab if tab in _TABS else 'mine'}")
