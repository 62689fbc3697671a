"""A submission and a decision lean on a rule pack, articles and texts; on none that was withdrawn.

Submissions and withdrawals of an institution wait for one another, so that no review can be opened unseen
while a withdrawal takes back what leans on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.models import Citation, Review, Withdrawal
from compliance.withdrawals import withdrawn_articles
from kernel.errors import DomainError
from kernel.scope import current_institution

_KIND = Withdrawal.Kind


class RulesWithdrawn(DomainError):
    """The pack in force was withdrawn: nothing can be checked before another one is."""

    code = "rules_withdrawn"
    zh = "现行规则包已撤回，请合规岗启用新的规则包后再提交。"
    en = "The rule pack in force was withdrawn. Compliance must put another one in force first."


class LeansOnWithdrawn(DomainError):
    """The review was opened with a pack, article, notice or sentence that was withdrawn meanwhile."""

    code = "leans_on_withdrawn"
    zh = "这份内容送审时所用的规则包、法规条款、告知或提示语已撤回，不能通过。请退回作者重新送审。"
    en = (
        "The rules, article, notice or sentence it was submitted with was withdrawn. Return it to its author."
    )


class CitesWithdrawn(DomainError):
    """What would go out cites an article whose wording the institution withdrew since the approval."""

    code = "cites_withdrawn"
    zh = "所引法规条款已由本机构撤回，不能发布。请改引其他条款并重新送审。"
    en = "An article it cites was withdrawn by your institution. Cite another one and submit it again."


def submission_begins() -> None:
    """Let no withdrawal be confirmed before this transaction ends. Call it before the content is checked."""
    _wait("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))")


def withdrawal_begins() -> None:
    """Wait for submissions under way and let none begin before this transaction ends."""
    _wait("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))")


def was_withdrawn(pack_hash: str) -> bool:
    """Whether a pack of this hash may not be leant on any longer."""
    return _confirmed().filter(kind=_KIND.PACK, key=pack_hash).exists()


def refuse_withdrawn_pack(pack_hash: str) -> None:
    """Let a review begin under this pack, and no withdrawal be confirmed meanwhile. Raises RulesWithdrawn."""
    submission_begins()
    if was_withdrawn(pack_hash):
        raise RulesWithdrawn


def refuse_withdrawn_articles(keys: Iterable[str]) -> None:
    """Let what cites these go out, and no withdrawal be confirmed meanwhile. Raises CitesWithdrawn."""
    submission_begins()
    if withdrawn_articles(keys):
        raise CitesWithdrawn


def refuse_leaning(review: Review) -> None:
    """Packs are named by their hash; an article, notice or sentence counts when it was withdrawn after the
    submission, for a corrected one has the same name. Raises LeansOnWithdrawn.
    """
    notice, sentences = review.content.get("notice"), review.content.get("disclaimers")
    named = Q(kind=_KIND.NOTICE, key=notice if isinstance(notice, str) else "")
    named |= Q(kind=_KIND.DISCLAIMER, key__in=[str(key) for key in sentences or ()])
    cited = Citation.objects.filter(
        review=review, article_id=OuterRef("key"), version__fingerprint=OuterRef("version")
    )
    named |= Q(kind=_KIND.ARTICLE) & Q(Exists(cited))
    of_then = Q(settled_at__gt=review.submitted_at) & named
    if _confirmed().filter(Q(kind=_KIND.PACK, key=review.pack_hash) | of_then).exists():
        raise LeansOnWithdrawn


def _confirmed() -> QuerySet[Withdrawal]:
    found: QuerySet[Withdrawal] = Withdrawal.objects.filter(status=Withdrawal.Status.CONFIRMED)
    return found


def _wait(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"withdrawals:{current_institution()}"])
