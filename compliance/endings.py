"""Until when an approval stands, and why it no longer does: a code for the ledger, words for colleagues.

The database answers the first question in one expression, so that what shows a content need not wait for a
sweep; phones are told neither code nor words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, F, Func, Value
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.models import Recheck, Review
from kernel.actor import Ref

EXPIRED = "approval_expired"
ARTICLE = "article_withdrawn"
PACK = "pack_withdrawn"
NOTICE = "notice_withdrawn"
CONDITION = "condition_unmet"
MISSING = "approval_missing"

ENDINGS: dict[str, str | Promise] = {
    EXPIRED: _("审核有效期已到"),
    ARTICLE: _("所依据的法规条款已变更或撤回"),
    PACK: _("审核时使用的规则包已撤回"),
    NOTICE: _("所用的告知或提示文本已撤回"),
    CONDITION: _("审核附加条件不再满足"),
    MISSING: _("没有有效的审核通过记录"),
}

# What a review was revoked for begins with one of these: see `Review.ended_because`.
_BECAUSE = {"article": ARTICLE, "pack": PACK, "notice": NOTICE, "disclaimer": NOTICE}


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an approval stands no longer: the code, and the review it was."""

    code: str
    review: Review | None = None

    @property
    def words(self) -> str:
        return str(ENDINGS[self.code])


class ApprovalUntil(Func):
    """As a column of a query on reviews: until when the approval of each is in force; null when it is not.

    `conditions=False` leaves unmet conditions out of account. Everything that asks whether something is
    approved annotates this, or `StandsUntil`, which is the latest of a content's reviews.
    """

    function = "compliance_approval_until"
    output_field = DateTimeField()

    def __init__(self, review: Combinable, *, conditions: bool = True) -> None:
        super().__init__(review, Value(not conditions))


class StandsUntil(Func):
    """As a column of a query on subjects: when the approval of this content ends; null when none stands."""

    function = "compliance_stands_until"
    output_field = DateTimeField()

    def __init__(self, kind: str, subject: Combinable, fingerprint: Combinable) -> None:
        super().__init__(Value(kind), subject, fingerprint)


def ending_of(*, subject: Ref, fingerprint: str, now: datetime) -> Ending:
    """Why nothing approves this content now; asked after it was found not to stand."""
    reviews = Review.objects.of_subject(subject.kind, subject.id).filter(
        fingerprint=fingerprint, certificate__isnull=False
    )
    review: Review | None = reviews.light().order_by("-decided_at", "-id").first()
    return Ending(MISSING) if review is None else why_ended(review, now=now)


def why_ended(review: Review, *, now: datetime) -> Ending:
    """Why this approval is not in force; asked after it was found not to be."""
    if review.status == "revoked":
        return Ending(_BECAUSE.get(review.ended_because.partition(":")[0], MISSING), review)
    if review.status == "lapsed" or (review.expires_at is not None and review.expires_at <= now):
        return Ending(EXPIRED, review)
    if Recheck.objects.filter(review=review, settled_at__isnull=True, due_at__lte=now).exists():
        return Ending(ARTICLE, review)
    given_until = ApprovalUntil(F("pk"), conditions=False)
    waits = Review.objects.filter(id=review.id).alias(given_until=given_until).filter(given_until__gt=now)
    return Ending(CONDITION if waits.exists() else ARTICLE, review)
