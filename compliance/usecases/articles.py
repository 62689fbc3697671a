"""When the law changes: what leans on it is listed, has a day for its new review, and goes offline after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance.clock import due_after
from compliance.lifecycle import REVIEW
from compliance.models import ArticleVersion, Citation, Recheck, Review
from compliance.notices import tell_of_recheck
from compliance.subjects import faces
from kernel.actor import Actor
from ledger.record import record
from tenancy.usecase import usecase

RECHECK_DAYS = 5


def cite(review: Review) -> None:
    """Note which articles, in which version, a content and its findings lean on."""
    named = dict(_named(review.content, ""))
    named |= {finding["path"]: finding["article"] for finding in review.findings}
    newest = ArticleVersion.objects.newest(named.values())
    Citation.objects.bulk_create(
        Citation(review=review, article_id=key, version=newest[key], path=path[:160])
        for path, key in sorted(named.items())
        if key in newest
    )


@usecase(by="system", may_do_nothing=True)
def raise_rechecks(*, actor: Actor, now: datetime) -> int:
    """Ask for a new review of approvals that lean on an article with a newer version. Safe to repeat.

    Subjects that their own room puts into quarantine at once need no day.
    """
    live = Citation.objects.filter(review__status="approved").select_related("review", "version")
    live = live.exclude(review__subject_kind__in=faces.quarantined)
    citations = list(live.order_by("id"))
    newest = ArticleVersion.objects.newest(one.article_id for one in citations)
    raised = 0
    for citation in citations:
        version = newest[citation.article_id]
        if version.number <= citation.version.number:
            continue
        due_at = now if version.withdrawn else due_after(now, RECHECK_DAYS)
        raised += ask_anew(citation.review, version, due_at=due_at, actor=actor, now=now)
    return raised


def ask_anew(
    review: Review, version: ArticleVersion, *, due_at: datetime, actor: Actor, now: datetime
) -> bool:
    """Give an approval a day by which it must be given anew, once for each wording; whether it is new."""
    recheck, made = Recheck.objects.get_or_create(
        review=review,
        version=version,
        defaults={"article_id": version.article_id, "due_at": due_at, "raised_at": now},
    )
    if made:
        tell_of_recheck(review, recheck, now=now)
        record(
            "compliance.recheck_raised",
            actor=actor,
            subject=review.ref,
            at=now,
            campaign_id=review.subject_id,
            article=recheck.article_id,
            version=version.number,
        )
    return bool(made)


@usecase(by="system", may_do_nothing=True)
def revoke_overdue(*, actor: Actor, now: datetime) -> int:
    """Revoke approvals whose new review did not come in time; what is live goes offline. Safe to repeat."""
    overdue = Recheck.objects.filter(settled_at__isnull=True, due_at__lte=now).select_related("review")
    revoked = 0
    for recheck in overdue.order_by("id"):
        recheck.settled_at = now
        recheck.save(update_fields=["settled_at"])
        review: Review = Review.objects.locked(recheck.review_id)
        if review.status != "approved":
            continue
        review.status = REVIEW.next(review.status, "revoke")
        review.ended_because = f"article:{recheck.article_id}"[:40]
        review.save(update_fields=["status", "ended_because"])
        record(
            "compliance.revoked",
            actor=actor,
            subject=review.ref,
            at=now,
            campaign_id=review.subject_id,
            article=recheck.article_id,
        )
        revoked += 1
    return revoked


def _named(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every field called `article`, however deep."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            here = f"{path}.{name}" if path else str(name)
            if name == "article" and isinstance(inner, str):
                yield here, inner
            else:
                yield from _named(inner, here)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, inner in enumerate(value):
            yield from _named(inner, f"{path}.{place}")
