"""The tables of compliance."""

from compliance.models.disputes import Dispute
from compliance.models.evidence import EvidencePackage, EvidencePiece
from compliance.models.golden import GoldenSentence, SetAside, Trial
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
    "Dispute",
    "EvidencePackage",
    "EvidencePiece",
    "GoldenSentence",
    "Recheck",
    "Review",
    "ReviewQuerySet",
    "RulePack",
    "SetAside",
    "Substitute",
    "Trial",
    "Verdict",
    "Withdrawal",
]
