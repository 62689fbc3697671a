"""The chain from law to play (S7): article → rule → question → campaign → version → how often it was played.

Walked from either end. A page of links costs the same few queries however long the chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from analytics.models import AnswerTally, Tally
from analytics.stages import Stage
from campaigns.models import Campaign, Version
from compliance.models import Citation, Review

KIND = "campaign"


@dataclass(frozen=True, slots=True)
class Link:
    """One place where a version of a campaign leans on an article, and how often customers met it.

    `plays` counts the campaign's starts, `answered` and `correct` this question of this version; `code`
    is the question's, `rules` are what the scan found there under this article.
    """

    article: str
    law: str
    path: str
    question: str
    code: str
    rules: tuple[str, ...]
    campaign: UUID
    title: str
    version: int | None
    state: str
    certificate: str
    plays: int
    answered: int
    correct: int

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "campaign": str(self.campaign), "rules": list(self.rules)}


def links_from_article(key: str) -> QuerySet[Citation]:
    """Where reviewed contents lean on an article, the newest submission first."""
    return _latest().filter(article_id=key)


def links_from_campaign(campaign_id: UUID) -> QuerySet[Citation]:
    """What each version of a campaign leans on, the newest version first."""
    return _latest().filter(review__subject_id=campaign_id)


def chained(citations: Sequence[Citation]) -> list[Link]:
    """The whole chain of each citation; five queries for any number of them."""
    reviews = Review.objects.in_bulk({one.review_id for one in citations})
    campaigns = Campaign.objects.in_bulk({one.subject_id for one in reviews.values()})
    versions = _versions(reviews)
    plays = _plays(campaigns)
    answers = _answers(version.id for version in versions.values())
    found = []
    for citation in citations:
        review = reviews[citation.review_id]
        version = versions.get((review.subject_id, review.fingerprint))
        node = _node(review.content, citation.path)
        asked = answers.get((version.id if version else None, str(node.get("id", ""))), (0, 0))
        campaign = campaigns.get(review.subject_id)
        found.append(
            Link(
                article=citation.article_id,
                law=citation.article.law,
                path=citation.path,
                question=_words(node, review.content, citation.path),
                code=str(node.get("id", "")),
                rules=_rules(review.findings, citation),
                campaign=review.subject_id,
                title=campaign.title if campaign else review.title,
                version=version.number if version else None,
                state=_state(campaign, version, review),
                certificate=review.certificate or "",
                plays=plays.get(review.subject_id, 0),
                answered=asked[0],
                correct=asked[1],
            )
        )
    return found


def _latest() -> QuerySet[Citation]:
    """Citations by campaigns, of the newest review of each content only."""
    later = Review.objects.filter(
        subject_id=OuterRef("review__subject_id"),
        fingerprint=OuterRef("review__fingerprint"),
        submitted_at__gt=OuterRef("review__submitted_at"),
    )
    found: QuerySet[Citation] = Citation.objects.filter(~Exists(later), review__subject_kind=KIND)
    return found.select_related("article").order_by("-review__submitted_at", "review_id", "path", "id")


def _versions(reviews: Mapping[UUID, Review]) -> dict[tuple[UUID, str], Version]:
    found = Version.objects.filter(
        campaign_id__in={one.subject_id for one in reviews.values()},
        fingerprint__in={one.fingerprint for one in reviews.values()},
    ).defer("content")
    return {(one.campaign_id, one.fingerprint): one for one in found}


def _plays(campaigns: Mapping[UUID, Campaign]) -> dict[UUID, int]:
    started = Tally.objects.filter(campaign_id__in=list(campaigns), stage=Stage.STARTED)
    rows = started.values("campaign_id").annotate(plays=Sum("events")).order_by("campaign_id")
    return {row["campaign_id"]: row["plays"] for row in rows}


def _answers(version_ids: Any) -> dict[tuple[UUID | None, str], tuple[int, int]]:  # Any: an iterable of ids
    told = AnswerTally.objects.filter(version_id__in=list(version_ids)).values("version_id", "question")
    rows = told.annotate(sum_answered=Sum("answered"), sum_correct=Sum("correct")).order_by()
    return {(row["version_id"], row["question"]): (row["sum_answered"], row["sum_correct"]) for row in rows}


def _node(content: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The thing that cites: the question of `settings.questions.3.article`; nothing for a plain field."""
    here: Any = content  # Any: JSON of a game's own shape
    for name in path.split(".")[:-1]:
        if isinstance(here, list):
            here = here[int(name)] if name.isdigit() and int(name) < len(here) else {}
        else:
            here = here.get(name, {}) if isinstance(here, Mapping) else {}
    return here if isinstance(here, Mapping) and "." in path else {}


def _words(node: Mapping[str, Any], content: Mapping[str, Any], path: str) -> str:
    """What the customer reads there."""
    for name in ("text", "title"):
        if isinstance(node.get(name), str):
            return str(node[name])
    plain = content.get(path)
    return plain if isinstance(plain, str) else ""


def _rules(findings: Sequence[Mapping[str, Any]], citation: Citation) -> tuple[str, ...]:
    place = citation.path.removesuffix(".article")
    here = [one for one in findings if one["article"] == citation.article_id]
    return tuple(sorted({one["rule"] for one in here if one["path"].startswith(place)}))


def _state(campaign: Campaign | None, version: Version | None, review: Review) -> str:
    """ "live" when phones see this version, else what became of its review."""
    if campaign and version and campaign.live_version_id == version.id and campaign.status == "published":
        return "live"
    return str(review.status)
