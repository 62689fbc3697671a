"""The question library as people and campaigns see it: ours and the institution's own. Never writes.

Ours come with the house and are certified by the shipped certificate; the institution's own are approved one
by one. Both are out of use the moment the law library knows a newer wording of the article they cite, or the
institution withdraws the wording they were read against, until someone lets them stand against a newer one.
Nothing here is stored: a question's state is read from its reviews, from
the library and from the clearances, so it cannot lag behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db.models import Q

from campaigns.bank import BankQuestion, bank_by_wording, bank_certificate, bank_is_certified, question_bank
from campaigns.games._questions import Question as Asked
from campaigns.games.base import Json
from campaigns.models import Clearance, Question, QuestionVersion
from campaigns.question_content import as_setting, wording_of
from campaigns.question_models import QuestionQuerySet, State
from compliance.models import ArticleVersion, Review
from compliance.withdrawals import withdrawn_articles
from kernel.errors import NotFound
from kernel.timekeeping import local_day

Verdict = Literal["ok", "draft", "quarantined", "retired", "expired"]
MOST_SHOWN = 60
ALL = "all"


@dataclass(frozen=True, slots=True)
class Known:
    """What the library says of one wording: whether it may be used, and as which question it is known."""

    code: str
    wording: str
    verdict: Verdict
    ours: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands, the version that may be used, and whether another one is in review."""

    state: State
    version: QuestionVersion | None
    in_review: bool


@dataclass(frozen=True, slots=True)
class Source:
    """The question of the library that a campaign's question is; version 0 for those of the house."""

    code: str
    number: int = 0


def question_called(question_id: UUID) -> Question:
    """The question of the open scope. Raises NotFound."""
    known = Question.objects.select_related("author", "last_editor").filter(id=question_id)
    found: Question | None = known.first()
    if found is None:
        raise NotFound
    return found


def standings_of(questions: Sequence[Question], *, now: datetime) -> dict[UUID, Standing]:
    """Where each question stands, with two queries for all of them."""
    ids = [question.id for question in questions]
    approved = QuestionVersion.objects.filter(question_id__in=ids).approved(now).told(now)
    standing = {version.question_id: version for version in approved.order_by("number")}
    reviews = Review.objects.filter(subject_kind="question", subject_id__in=ids)
    newest = dict(reviews.order_by("submitted_at", "id").values_list("subject_id", "status"))
    return {
        question.id: _standing(question, standing.get(question.id), newest.get(question.id, ""))
        for question in questions
    }


def _standing(question: Question, version: Any, newest: str) -> Standing:  # Any: annotated by told()
    state = State.DRAFT
    if question.retired_at is not None:
        state = State.RETIRED
    elif version is not None and version.held:
        state = State.QUARANTINED
    elif version is not None and version.in_date:
        state = State.APPROVED
    elif newest == "open":
        state = State.IN_REVIEW
    elif version is not None or newest in ("approved", "lapsed", "revoked"):
        state = State.EXPIRED
    elif newest in ("returned", "rejected"):
        state = State.RETURNED
    return Standing(state, version, newest == "open")


def versions_of(question: Question) -> list[QuestionVersion]:
    """The versions that were submitted, newest first."""
    found = question.versions.select_related("article_version", "created_by")
    return list(found.order_by("-number"))


def questions_matching(
    *, words: str = "", topic: str = "", sector: str = "", state: str = "", now: datetime
) -> QuestionQuerySet:
    """The institution's own questions, last edited first; retired ones when asked for."""
    found: QuestionQuerySet = Question.objects.select_related("author")
    if words:
        found = found.filter(Q(text__icontains=words) | Q(code__iexact=words) | Q(article__iexact=words))
    if topic:
        found = found.filter(topic=topic)
    if sector:
        found = found.filter(Q(sectors__contains=[sector]) | Q(sectors__contains=[ALL]))
    found = found.in_state(state, now) if state else found.filter(retired_at__isnull=True)
    return found.order_by("-saved_at", "-id")


def topics_in_use() -> list[str]:
    """Knowledge points of our questions and the institution's own, for filters and suggestions."""
    own = Question.objects.exclude(topic="").values_list("topic", flat=True).distinct().order_by("topic")
    return sorted({*own, *(question.topic for question in question_bank().values())})


def ours_matching(*, words: str = "", topic: str = "", sector: str) -> list[BankQuestion]:
    """Our questions for this sector, its own first."""
    found = [
        question
        for question in question_bank().values()
        if question.sector in (sector, ALL)
        and (not topic or question.topic == topic)
        and (not words or words.lower() in f"{question.id}{question.text}{question.explanation}".lower())
    ]
    return sorted(found, key=lambda question: (question.sector == ALL, question.topic, question.id))


def ours_held() -> dict[str, ArticleVersion]:
    """Our questions that are out of use because of the law, by their id, with the wording that did it."""
    read = bank_certificate().articles
    newest = ArticleVersion.objects.newest(read)
    gone = withdrawn_articles(newest)
    moved = {key: version for key, version in newest.items() if version.wording != read[key] or key in gone}
    if not moved:
        return {}
    standing = [version for key, version in moved.items() if key not in gone]
    cleared = set(
        Clearance.objects.filter(article_version__in=standing).values_list("wording", "article_version_id")
    )
    return {
        question.id: moved[question.article]
        for question in question_bank().values()
        if question.article in moved and (question.wording, moved[question.article].id) not in cleared
    }


def offered(
    *, sector: str, words: str = "", topic: str = "", page: int = 1, now: datetime
) -> tuple[list[Json], bool]:
    """A page of what a campaign of this sector may use now, its own first; and whether there is more.

    F8: approved, in date, and cited articles as they were when it was approved.
    """
    own = questions_matching(words=words, topic=topic, sector=sector, state=State.APPROVED, now=now)
    held = ours_held()
    certified = bank_is_certified(local_day(now))
    ours = [
        {**question.as_setting(), "ours": True}
        for question in ours_matching(words=words, topic=topic, sector=sector)
        if certified and question.id not in held
    ]
    first = (page - 1) * MOST_SHOWN
    shown = list(own[first : first + MOST_SHOWN + 1])
    standings = standings_of(shown, now=now)
    written = [(one.code, standings[one.id].version) for one in shown]
    found = [{**as_setting(version.content, code), "ours": False} for code, version in written if version]
    if len(found) <= MOST_SHOWN:
        start = max(0, first - own.count()) if first else 0
        found += ours[start : start + MOST_SHOWN + 1 - len(found)]
    return found[:MOST_SHOWN], len(found) > MOST_SHOWN


def known_wordings(wordings: Iterable[str], *, now: datetime) -> dict[str, Known]:
    """What the library says of each wording it knows; of the others it says nothing. Four queries at most."""
    asked = set(wordings)
    found = _ours_known(asked, now)
    own = (
        QuestionVersion.objects.filter(wording__in=asked)
        .told(now)
        .select_related("question")
        .order_by("wording", "number")
    )
    versions = list(own)
    approved = set(
        QuestionVersion.objects.filter(id__in=[one.id for one in versions])
        .approved(now)
        .values_list("id", flat=True)
    )
    for version in versions:
        verdict = _verdict(version, version.id in approved)
        known = found.get(version.wording)
        if known is None or known.verdict != "ok":
            found[version.wording] = Known(
                version.question.code, version.wording, verdict, number=version.number
            )
    rest = asked - found.keys()
    for code, wording in Question.objects.filter(wording__in=rest).values_list("code", "wording"):
        found[wording] = Known(code, wording, "draft")
    return found


def _ours_known(asked: set[str], now: datetime) -> dict[str, Known]:
    mine = {wording: question for wording, question in bank_by_wording().items() if wording in asked}
    if not mine:
        return {}
    held, certified = ours_held(), bank_is_certified(local_day(now))
    verdicts: dict[str, Verdict] = {
        wording: "quarantined" if question.id in held else "ok" if certified else "expired"
        for wording, question in mine.items()
    }
    return {
        wording: Known(question.id, wording, verdicts[wording], ours=True)
        for wording, question in mine.items()
    }


def _verdict(version: Any, approved: bool) -> Verdict:  # Any: annotated by told()
    if version.question.retired_at is not None:
        return "retired"
    if version.held:
        return "quarantined"
    if not version.in_date:
        return "expired"
    return "ok" if approved else "draft"


def sources_of(questions: Sequence[Mapping[str, Any]]) -> list[Source | None]:
    """For each question as a campaign writes it, which question of the library it is, word for word."""
    wordings = [worded(question) for question in questions]
    versions = QuestionVersion.objects.filter(wording__in=wordings).order_by("number")
    found = {
        wording: Source(code, number)
        for wording, code, number in versions.values_list("wording", "question__code", "number")
    }
    ours = bank_by_wording()
    found |= {wording: Source(ours[wording].id) for wording in wordings if wording in ours}
    return [found.get(wording) for wording in wordings]


def worded(question: Mapping[str, Any]) -> str:
    """Names what a customer reads of a question as a campaign writes it; empty for what is no question."""
    try:
        return wording_of(msgspec.convert(question, Asked, strict=False))
    except msgspec.ValidationError:
        return ""
