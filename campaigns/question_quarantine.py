"""Questions out of use because of the law (因法规更新待复核): what changed, and where they are in use.

Reading only. What compliance may do about them is in `campaigns.usecases.clearing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F

from campaigns.bank import bank_certificate, question_bank
from campaigns.models import QuestionUse, QuestionVersion
from campaigns.question_library import ours_held, questions_matching
from campaigns.question_models import State
from compliance.models import ArticleVersion, Recheck
from compliance.withdrawals import withdrawn_articles
from kernel.errors import NotFound

MOST = 2000


@dataclass(frozen=True, slots=True)
class Using:
    """A campaign that is out with the question, and by when it must be reviewed again."""

    id: UUID
    title: str
    status: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A question that is out of use: the wording it was written to, and the one in force, `taken_back` when
    the institution withdrew it.
    """

    code: str
    ours: bool
    topic: str
    text: str
    explanation: str
    wording: str
    before: ArticleVersion | None
    after: ArticleVersion
    taken_back: bool = False
    question_id: UUID | None = None
    author_id: UUID | None = None
    last_editor_id: UUID | None = None
    campaigns: Sequence[Using] = ()

    @property
    def rewrite_only(self) -> bool:
        """An article that is gone or withdrawn cannot be cited: such a question is not let stand."""
        return self.after.withdrawn or self.taken_back


def held_questions(*, now: datetime, most: int = MOST) -> list[Held]:
    """What is out of use because of the law, with what it is used in. A fixed number of queries."""
    found = [*own_held(now, most=most), *_ours_held()[:most]]
    used = campaigns_using(one.wording for one in found)
    gone = withdrawn_articles(one.after.article_id for one in found)
    return [
        replace(one, campaigns=used.get(one.wording, ()), taken_back=one.after.article_id in gone)
        for one in found
    ]


def held_called(code: str, *, now: datetime) -> Held:
    """One of them by the question's code. Raises NotFound."""
    for one in [*own_held(now, code), *_ours_held()]:
        if one.code == code:
            return replace(one, taken_back=bool(withdrawn_articles([one.after.article_id])))
    raise NotFound


def campaigns_using(wordings: Iterable[str]) -> dict[str, list[Using]]:
    """Campaigns that are out with these wordings now, by wording."""
    uses = QuestionUse.objects.filter(
        wording__in=set(wordings), version__campaign__live_version_id=F("version_id")
    ).exclude(version__campaign__status="closed")
    live = list(uses.select_related("version__campaign").order_by("version__campaign__title", "id"))
    due = _due({use.version.campaign_id for use in live})
    found: dict[str, list[Using]] = {}
    for use in live:
        campaign = use.version.campaign
        using = Using(campaign.id, campaign.title, campaign.status, due.get(campaign.id))
        found.setdefault(use.wording, []).append(using)
    return found


def own_held(now: datetime, code: str = "", *, most: int = MOST) -> list[Held]:
    """The institution's own among them, by code; without what they are used in and whether it is
    `taken_back`.
    """
    questions = questions_matching(words=code, state=State.QUARANTINED, now=now)
    standing = QuestionVersion.objects.standing(now).filter(question__in=questions.order_by().values("id"))
    versions = list(standing.select_related("article_version", "question").order_by("question__code")[:most])
    newest = ArticleVersion.objects.newest(version.article_version.article_id for version in versions)
    return [
        Held(
            code=version.question.code,
            ours=False,
            topic=version.content["topic"],
            text=version.content["text"],
            explanation=version.content["explanation"],
            wording=version.wording,
            before=version.article_version,
            after=newest[version.article_version.article_id],
            question_id=version.question_id,
            author_id=version.question.author_id,
            last_editor_id=version.question.last_editor_id,
        )
        for version in versions
    ]


def _ours_held() -> list[Held]:
    held, read = ours_held(), bank_certificate().articles
    versions = ArticleVersion.objects.filter(article_id__in={one.article_id for one in held.values()})
    named = {(version.article_id, version.wording): version for version in versions}
    return [
        Held(
            code=code,
            ours=True,
            topic=question_bank()[code].topic,
            text=question_bank()[code].text,
            explanation=question_bank()[code].explanation,
            wording=question_bank()[code].wording,
            before=named.get((after.article_id, read[after.article_id])),
            after=after,
        )
        for code, after in held.items()
    ]


def _due(campaign_ids: set[UUID]) -> dict[UUID, datetime]:
    """The nearest day by which each campaign's approval must be given anew."""
    open_ones = Recheck.objects.filter(
        settled_at__isnull=True,
        review__status="approved",
        review__subject_kind="campaign",
        review__subject_id__in=campaign_ids,
    )
    return dict(open_ones.order_by("-due_at").values_list("review__subject_id", "due_at"))
