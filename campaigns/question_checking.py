"""What the question library says of a campaign's questions before it is submitted (F8)."""

from __future__ import annotations

from datetime import datetime

from campaigns.content import Content
from campaigns.games.base import Problem, Words
from campaigns.models import QuestionUse, QuestionVersion, Version
from campaigns.question_content import wording_of
from campaigns.question_library import Known, Verdict, known_wordings

_REFUSED: dict[Verdict, Words] = {
    "draft": Words(
        "题库题目 {code} 尚未审核通过（或审核已到期），通过后才能使用",
        "Question {code} of the library is not approved (or its approval has ended)",
    ),
    "quarantined": Words(
        "题库题目 {code} 因所引法规更新待复核，复核后才能使用",
        "Question {code} waits for a second look: the article it cites has changed",
    ),
    "retired": Words("题库题目 {code} 已停用，请另选", "Question {code} was retired; choose another"),
    "expired": Words(
        "题库题目 {code} 不在有效期内，请另选", "Question {code} is out of date; choose another"
    ),
}


def library_problems(content: Content, *, now: datetime) -> list[Problem]:
    """Questions of the library that may not be used now, each under its field.

    Questions written for this campaign alone are reviewed with it, word for word, and are no problem.
    """
    found = []
    for number, known in enumerate(_known(content, now)):
        if known is not None and known.verdict != "ok":
            words = _REFUSED[known.verdict]
            told = Words(words.zh.format(code=known.code), words.en.format(code=known.code))
            found.append(Problem(f"settings.questions.{number}.text", f"question_{known.verdict}", told))
    return found


def library_advice(content: Content, *, now: datetime) -> list[Problem]:
    """Questions of which the library has a newer version: the older one may stay, as it was approved."""
    known = [one if one is not None and not one.ours else None for one in _known(content, now)]
    codes = {one.code for one in known if one is not None}
    if not codes:
        return []
    standing = QuestionVersion.objects.standing(now).filter(question__code__in=codes)
    newest = dict(standing.values_list("question__code", "number"))
    found = []
    for place, one in enumerate(known):
        if one is not None and one.number < (number := newest.get(one.code, 0)):
            words = Words(
                f"题库题目 {one.code} 已有第{number}版，可删除后重新选用",
                f"The library has version {number} of question {one.code}; remove this and choose it again",
            )
            found.append(Problem(f"settings.questions.{place}.text", "newer_version", words))
    return found


def note_uses(version: Version, content: Content, *, now: datetime) -> None:
    """Remember which questions of the library the version contains; part of submitting it."""
    uses = {
        known.wording: QuestionUse(version=version, code=known.code, wording=known.wording)
        for known in _known(content, now)
        if known is not None
    }
    QuestionUse.objects.bulk_create(uses.values(), ignore_conflicts=True)


def _known(content: Content, now: datetime) -> list[Known | None]:
    wordings = [wording_of(question) for question in getattr(content.settings, "questions", ())]
    known = known_wordings(wordings, now=now) if wordings else {}
    return [known.get(wording) for wording in wordings]
