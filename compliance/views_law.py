"""The law library: the list, and one article with its wordings and what leans on it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.citing import cited_by
from compliance.law_shelf import SECTORS, articles_matching, wordings
from compliance.models import Article
from compliance.queries import articles_in_use
from compliance.withdrawals import withdrawn_articles
from kernel.errors import NotFound
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_PER_PAGE = 30


@staff_door(Permission.VIEW_HOME)
@require_safe
def library(request: StaffRequest) -> HttpResponse:
    """Articles by law, number, wording and sector; those changed lately a tick away."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    sector, lately = request.GET.get("sector", ""), request.GET.get("lately") == "1"
    found = articles_matching(words, sector=sector, lately=lately, now=request.now)
    context = {
        "page": Paginator(found, _PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "sector": sector,
        "sectors": SECTORS.items(),
        "lately": lately,
        "in_use": articles_in_use(),
        "now": request.now,
    }
    return render(request, "compliance/articles.html", context)


@staff_door(Permission.VIEW_HOME)
@require_safe
def article(request: StaffRequest, key: str) -> HttpResponse:
    """One article: its wordings side by side, and everything that cites it. Raises NotFound."""
    found = Article.objects.filter(key=key).first()
    if found is None:
        raise NotFound
    newest, *earlier = wordings(found)
    context = {
        "article": found,
        "newest": newest,
        "earlier": earlier,
        "kinds": cited_by(key),
        "may_review": request.user.may(Permission.VIEW_REVIEWS),
        "may_withdraw": request.user.may(Permission.MANAGE_RULES),
        "taken_back": bool(withdrawn_articles([key])),
        "now": request.now,
    }
    return render(request, "compliance/article.html", context)
