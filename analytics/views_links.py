"""From law to play and back (S7): what an article stands behind, what a campaign leans on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from analytics.queries.links import chained, links_from_article, links_from_campaign
from campaigns.queries import campaign_called
from compliance.models import Article, Citation
from kernel.errors import NotFound
from kernel.wire import json_reply
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

PAGE = 20
STATES = {
    "live": (_("进行中"), "good"),
    "approved": (_("已通过"), "brand"),
    "open": (_("审核中"), "brand"),
    "returned": (_("退回修改"), "caution"),
    "rejected": (_("未通过"), "danger"),
    "withdrawn": (_("已撤回"), ""),
    "lapsed": (_("审核已到期"), ""),
    "revoked": (_("已撤销"), "danger"),
}


@require_safe
@staff_door(Permission.VIEW_CAMPAIGNS)
def from_article(request: StaffRequest, key: str) -> HttpResponse:
    """Every place where campaigns lean on this article. ``?format=json`` gives the same as data."""
    article = Article.objects.filter(key=key).first()
    if article is None:
        raise NotFound
    return _answer(request, links_from_article(key), {"article": article})


@require_safe
@staff_door(Permission.VIEW_CAMPAIGNS)
def from_campaign(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """What each version of this campaign leans on. ``?format=json`` gives the same as data."""
    return _answer(request, links_from_campaign(campaign_id), {"campaign": campaign_called(campaign_id)})


def _answer(request: StaffRequest, found: QuerySet[Citation], about: dict[str, Any]) -> HttpResponse:
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    links = chained(list(page.object_list))
    if request.GET.get("format") == "json":
        return json_reply(
            {
                "links": [link.as_json() for link in links],
                "page": page.number,
                "pages": page.paginator.num_pages,
                "total": page.paginator.count,
            }
        )
    rows = [(link, *STATES.get(link.state, (link.state, ""))) for link in links]
    return render(request, "analytics/links.html", {**about, "page": page, "rows": rows})
