"""The tables of compliance."""

from compliance.models.library import Article, ArticleVersion, Citation, Recheck
from compliance.models.reviews import (
    Carried,
    Comment,
    Condition,
    Decision,
    Review,
    ReviewQuerySet,
    Substitute,
    Verdict,
)
from compliance.models.rules import Dismissal, RulePack
from compliance.models.withdrawals import Withdrawal

__all__ = [
    "Article",
    "ArticleVersion",
    "Carried",
    "Citation",
    "Comment",
    "Condition",
    "Decision",
    "Dismissal",
    "Recheck",
    "Review",
    "ReviewQuerySet",
    "RulePack",
    "Substitute",
    "Verdict",
    "Withdrawal",
]
