"""What can be withdrawn, what has been, and which reviews lean on it. Reading only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from compliance.library import disclaimers
from compliance.models import ArticleVersion, Citation, Review, ReviewQuerySet, Withdrawal
from compliance.packs import pack_in_force
from compliance.queries import articles_in_use
from compliance.scanner import pack_hash
from kernel.fingerprint import fingerprint

_IN_HAND = Q(status="approved") | Q(status="open")


def leaning_on(kind: str, key: str, version: str) -> ReviewQuerySet:
    """Reviews whose content was checked with this pack, shows this text or cites this article so worded."""
    cited = Citation.objects.filter(review=OuterRef("pk"), article_id=key, version__fingerprint=version)
    by_kind: dict[str, Q | Exists] = {
        Withdrawal.Kind.PACK: Q(pack_hash=key),
        Withdrawal.Kind.ARTICLE: Exists(cited),
        Withdrawal.Kind.NOTICE: Q(content__notice=key),
        Withdrawal.Kind.DISCLAIMER: Q(content__disclaimers__contains=[key]),
    }
    found: ReviewQuerySet = Review.objects.filter(by_kind[Withdrawal.Kind(kind)])
    return found


def what_can_be_withdrawn() -> dict[tuple[str, str, str], str]:
    """Packs, articles and disclaimers by kind, key and version, with a title; notices live in another room.

    Packs: those that approvals and open reviews were checked with, and the one in force. Articles in their
    newest wording, unless the law itself is gone. A pack's title is its hash, a disclaimer's its sentence.
    """
    named = Review.objects.filter(_IN_HAND).exclude(pack_hash="").values("pack_hash")
    used = named.annotate(last=Max("submitted_at"), n=Count("id")).order_by("-last", "pack_hash")
    packs = {row["pack_hash"] for row in used} | {pack_hash(pack_in_force())}
    offered = {("pack", key, key): key[:12] for key in sorted(packs)}
    for key, one in disclaimers().items():
        offered["disclaimer", key, version_of_text(one.text)] = one.text
    newest = ArticleVersion.objects.order_by("article_id", "-number").distinct("article_id")
    for version in newest.select_related("article"):
        if not version.withdrawn:
            offered["article", version.article_id, version.fingerprint] = version.article.law
    return offered


def version_of_text(text: str) -> str:
    """The fingerprint by which a sentence is withdrawn."""
    return fingerprint({"text": text})


def withdrawn_versions() -> set[tuple[str, str, str]]:
    """Kind, key and version of everything withdrawn at the open institution; one query."""
    confirmed = Withdrawal.objects.filter(status=Withdrawal.Status.CONFIRMED)
    return set(confirmed.values_list("kind", "key", "version"))


def withdrawn_articles(keys: Iterable[str]) -> set[str]:
    """Those of these articles whose newest wording the institution withdrew; a newer one heals."""
    confirmed = Withdrawal.objects.filter(kind=Withdrawal.Kind.ARTICLE, status=Withdrawal.Status.CONFIRMED)
    versions = set(confirmed.filter(key__in=set(keys)).values_list("key", "version"))
    if not versions:
        return set()
    newest = ArticleVersion.objects.newest(key for key, _version in versions)
    return {key for key, version in newest.items() if (key, version.fingerprint) in versions}


def withdrawals() -> QuerySet[Withdrawal]:
    """Everything asked for and settled, the newest first, with the names."""
    found: QuerySet[Withdrawal] = Withdrawal.objects.select_related("asked_by", "settled_by")
    return found.order_by("-asked_at", "-id")


def in_use() -> dict[tuple[str, str], int]:
    """How many approvals in force lean on each pack, article, notice and disclaimer; two queries."""
    leaning: Counter[tuple[str, str]] = Counter()
    leaning.update({("article", key): reviews for key, reviews in articles_in_use().items()})
    approved = Review.objects.approved().values_list("pack_hash", "content__notice", "content__disclaimers")
    for pack, notice, sentences in approved.iterator(chunk_size=2000):
        leaning["pack", pack] += 1
        leaning["notice", notice or ""] += 1
        leaning.update(("disclaimer", key) for key in set(sentences or ()))
    return dict(leaning)
