"""What can be withdrawn, what has been, and which reviews lean on it. Reading only."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Max, Q, QuerySet

from compliance.library import disclaimers
from compliance.models import Review, ReviewQuerySet, Withdrawal
from compliance.packs import pack_in_force
from compliance.scanner import pack_hash
from kernel.fingerprint import fingerprint

_IN_HAND = Q(status="approved") | Q(status="open")


def leaning_on(kind: str, key: str) -> ReviewQuerySet:
    """Reviews whose content was checked with this pack, or shows this text."""
    by_kind = {
        Withdrawal.Kind.PACK: Q(pack_hash=key),
        Withdrawal.Kind.NOTICE: Q(content__notice=key),
        Withdrawal.Kind.DISCLAIMER: Q(content__disclaimers__contains=[key]),
    }
    found: ReviewQuerySet = Review.objects.filter(by_kind[Withdrawal.Kind(kind)])
    return found


def what_can_be_withdrawn() -> dict[tuple[str, str, str], str]:
    """Packs and disclaimers by kind, key and version, with a title; notices live in another room.

    Packs: those that approvals and open reviews were checked with, and the one in force. A title for a pack
    is its hash; a disclaimer's is its sentence.
    """
    named = Review.objects.filter(_IN_HAND).exclude(pack_hash="").values("pack_hash")
    used = named.annotate(last=Max("submitted_at"), n=Count("id")).order_by("-last", "pack_hash")
    packs = {row["pack_hash"] for row in used} | {pack_hash(pack_in_force())}
    offered = {("pack", key, key): key[:12] for key in sorted(packs)}
    for key, one in disclaimers().items():
        offered["disclaimer", key, version_of_text(one.text)] = one.text
    return offered


def version_of_text(text: str) -> str:
    """The fingerprint by which a sentence is withdrawn."""
    return fingerprint({"text": text})


def withdrawn_versions() -> set[tuple[str, str, str]]:
    """Kind, key and version of everything withdrawn at the open institution; one query."""
    confirmed = Withdrawal.objects.filter(status=Withdrawal.Status.CONFIRMED)
    return set(confirmed.values_list("kind", "key", "version"))


def withdrawals() -> QuerySet[Withdrawal]:
    """Everything asked for and settled, the newest first, with the names."""
    found: QuerySet[Withdrawal] = Withdrawal.objects.select_related("asked_by", "settled_by")
    return found.order_by("-asked_at", "-id")


def in_use() -> dict[tuple[str, str], int]:
    """How many approvals in force lean on each pack, notice and disclaimer; one query."""
    leaning: Counter[tuple[str, str]] = Counter()
    approved = Review.objects.approved().values_list("pack_hash", "content__notice", "content__disclaimers")
    for pack, notice, sentences in approved.iterator(chunk_size=2000):
        leaning["pack", pack] += 1
        leaning["notice", notice or ""] += 1
        leaning.update(("disclaimer", key) for key in set(sentences or ()))
    return dict(leaning)
