"""The law library as people read it: the list, and one article with its wordings. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.models import Article, ArticleVersion
from compliance.text_runs import Run, runs_between
from compliance.wording import laws_glossed

LATELY = timedelta(days=180)

SECTORS: dict[str, str | Promise] = {
    "bank": _("银行"),
    "insurer": _("保险"),
    "broker": _("证券"),
    "fund": _("基金与理财"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One version, with what it changed against the one before."""

    version: ArticleVersion
    runs: Sequence[Run]


def articles_matching(words: str, *, sector: str = "", lately: bool, now: datetime) -> QuerySet[Article]:
    """Articles by law, number, key or wording, each with what its newest version says of it."""
    newest = ArticleVersion.objects.filter(article_id=OuterRef("key")).order_by("-number")
    found = Article.objects.annotate(
        requirement=Subquery(newest.values("requirement")[:1]),
        certainty=Subquery(newest.values("certainty")[:1]),
        version=Subquery(newest.values("number")[:1]),
        changed_at=Subquery(newest.values("published_at")[:1]),
        withdrawn=Subquery(newest.values("withdrawn")[:1]),
    )
    if words:
        named = Q(law__icontains=words) | Q(key__icontains=words) | Q(requirement__icontains=words)
        for law in laws_glossed(words):
            named |= Q(law__icontains=law)
        found = found.filter(named)
    if sector in SECTORS:
        found = found.filter(Q(sectors__icontains="all") | Q(sectors__icontains=sector))
    if lately:
        return found.filter(version__gt=1, changed_at__gt=now - LATELY).order_by("-changed_at", "key")
    return found.order_by("section", "key")


def wordings(article: Article) -> list[Wording]:
    """Every version, the newest first, each compared with the one before it. One query."""
    versions = list(ArticleVersion.objects.filter(article=article).order_by("number"))
    told = [
        Wording(
            version,
            runs_between(before.requirement, version.requirement) if before else [Run(version.requirement)],
        )
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    return told[::-1]
