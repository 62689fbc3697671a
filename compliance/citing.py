"""Who leans on an article: rules, disclaimers, reviewed contents; rooms above add what is theirs.

A room says so from ``<app>/desk.py``: ``citer(questions_citing)``, with ``questions_citing(key) -> CitedBy``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from compliance.checks.numeric import FIGURES
from compliance.checks.structural import LINES
from compliance.library import disclaimers
from compliance.models import Review
from compliance.packs import pack_in_force
from compliance.scanner import Pack
from compliance.wording import category_label, finding_words

MOST = 20


@dataclass(frozen=True, slots=True)
class Cited:
    """One thing that cites: its name, a word beside it, and where it is found."""

    label: str
    detail: str | Promise = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class CitedBy:
    """One kind of thing that cites: how many there are, and the first of them."""

    title: str
    icon: str
    total: int
    shown: Sequence[Cited]

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


Citer = Callable[[str], CitedBy]
_rooms: list[Citer] = []


def citer(source: Citer) -> None:
    """Add a room's own kind of thing; it reads at most a query or two."""
    _rooms.append(source)


def cited_by(key: str) -> list[CitedBy]:
    """Everything that cites an article, by kind. The kinds with nothing are there too, and say so."""
    return [_contents(key), *(room(key) for room in _rooms), _rules(key), _disclaimers(key)]


def _contents(key: str) -> CitedBy:
    """Contents in review or approved, the newest review of each."""
    standing = Review.objects.filter(status__in=["open", "approved"], citations__article_id=key)
    newest = standing.values("subject_id").annotate(at=Max("submitted_at"))
    reviews = (
        standing.filter(submitted_at__in=newest.values("at")).distinct().order_by("-submitted_at", "-id")
    )
    labels = {"open": _("审核中"), "approved": _("已通过")}
    shown = [
        Cited(review.title, labels[review.status], reverse("compliance:review", args=[review.id]))
        for review in reviews.light()[:MOST]
    ]
    return CitedBy(_("送审和已通过的内容"), "flag", newest.count(), shown)


def _rules(key: str) -> CitedBy:
    found = list(_rules_citing(key))
    return CitedBy(_("检测规则"), "shield-check", len(found), found[:MOST])


def _rules_citing(key: str) -> Iterator[Cited]:
    pack = pack_in_force()
    for article, rule, category, why in _of_checks(pack):
        if key in _keys(article):
            yield Cited(_said(rule, category, why), rule)
    for pattern in pack.patterns:
        if key in _keys(pattern.article):
            yield Cited(category_label(pattern.category), pattern.rule)
    for term in pack.terms:
        if key in _keys(term.article):
            yield Cited(term.term, category_label(term.category))


def _of_checks(pack: Pack) -> Iterator[tuple[str, str, str, str]]:
    """Article, name, category and reason of every rule that is not a word or a pattern."""
    yield from ((one.article, one.rule, "campaign_structure", one.why) for one in LINES)
    yield from ((one.article, one.rule, "factual_error", one.why) for one in FIGURES)
    yield from ((one.article, one.rule, "missing_disclaimer", one.why) for one in pack.requirements)


def _disclaimers(key: str) -> CitedBy:
    found = [Cited(one.text, one.id) for one in disclaimers().values() if key in _keys(one.basis)]
    return CitedBy(_("风险提示"), "file", len(found), found[:MOST])


def _said(rule: str, category: str, why: str) -> str:
    return finding_words(rule=rule, category=category, why=why, suggestion="").why


def _keys(articles: str) -> set[str]:
    return {each.strip() for each in articles.split(";")}
