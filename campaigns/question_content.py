"""One question of the library as it is written, checked and scanned. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.games._questions import Option, Question, question_problems, question_texts
from campaigns.games.base import Json, Problem, Words, broken
from campaigns.promises import undrawable_problem, unfilled_problem
from compliance.queries import article_exists
from compliance.scanner import Finding, Pack, scan
from compliance.scanner.matter import ALL_SECTORS, SECTORS, Text
from kernel.enumeration import enumerated
from kernel.fingerprint import fingerprint
from kernel.placeholders import unfilled
from kernel.typeface import undrawable
from tenancy.models import Sector

SECTOR_LABELS: dict[str, str | Promise] = {ALL_SECTORS: _("全部业态"), **dict(Sector.choices)}
_AT = "questions.0."


class WrittenOption(msgspec.Struct, forbid_unknown_fields=True):
    """One option as typed."""

    id: str
    text: str = ""


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """A question as it was typed: the shape is right, the words may still be anything."""

    text: str = ""
    options: list[WrittenOption] = []
    answer: str = ""
    explanation: str = ""
    article: str = ""
    topic: str = ""
    sectors: list[str] = []
    valid_from: str = ""
    valid_until: str = ""

    def as_json(self) -> Json:
        plain: Json = msgspec.to_builtins(self)
        return plain


def as_question(written: Mapping[str, Any], code: str) -> Question:
    """The question as a game asks it."""
    return Question(
        id=code,
        text=written["text"],
        options=tuple(Option(option["id"], option["text"]) for option in written["options"]),
        answer=written["answer"],
        explanation=written["explanation"],
        article=written["article"],
        topic=written["topic"],
    )


def as_setting(content: Mapping[str, Any], code: str) -> Json:
    """The question as a campaign writes it."""
    return {**asdict(as_question(content, code)), "options": list(content["options"])}


def wording_of(question: Question) -> str:
    """Names what a customer reads, wherever the question stands: its id, its topic, the order of its options,
    blanks and full-width forms make no difference.
    """
    right = {option.text for option in question.options if option.id in question.answer}
    return fingerprint(
        {
            "text": _plain(question.text),
            "options": sorted([_plain(option.text), option.text in right] for option in question.options),
            "explanation": _plain(question.explanation),
            "article": question.article.strip(),
        }
    )


def problems_of_question(written: Mapping[str, Any], *, today: date) -> list[Problem]:
    """What keeps the question from being submitted. F4: without a knowledge point none is."""
    told = question_problems(0, as_question(written, "code"))
    found = [Problem(problem.path.removeprefix(_AT), problem.code, problem.words) for problem in told]
    article = written["article"].strip()
    if article and not article_exists(article):
        words = Words(
            "没有这个法规编号，请从法规库中选择", "There is no such article; choose one from the law library"
        )
        found.append(Problem("article", "no_such_article", words))
    found += [
        unfilled_problem(text.path, passage)
        for text in texts_of_question(written)
        if (passage := unfilled(text.text))
    ]
    found += [
        undrawable_problem(text.path, sign)
        for text in texts_of_question(written)
        if (sign := undrawable(text.text))
    ]
    return [*found, *_sector_problems(written), *_date_problems(written, today)]


def findings_in_question(
    written: Mapping[str, Any], *, sector: str, pack: Pack | None = None
) -> list[Finding]:
    """The compliance scan over the question, each finding with the field it is in."""
    return scan(texts_of_question(written), sector, pack=pack)


def texts_of_question(written: Mapping[str, Any]) -> list[Text]:
    """Every text of the question a customer may read, as the scanner takes it."""
    return [
        Text(
            text.path.removeprefix(_AT), text.content_type, text.text, group="question", correct=text.correct
        )
        for text in question_texts([as_question(written, "code")])
    ]


def sector_words(sectors: Sequence[str]) -> str:
    """The sectors as people say them."""
    return enumerated(SECTOR_LABELS.get(sector, sector) for sector in sectors)


def day_of(typed: str) -> date | None:
    """The day, or None for nothing and for what is no day."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _sector_problems(written: Mapping[str, Any]) -> list[Problem]:
    chosen: Sequence[str] = written["sectors"]
    return broken(
        (bool(chosen), "sectors", "empty", "请选择适用业态", "Choose the sectors it is for"),
        (set(chosen) <= {*SECTORS, ALL_SECTORS}, "sectors", "no_such_sector", "没有这种业态",
         "There is no such sector"),
    )  # fmt: skip


def _date_problems(written: Mapping[str, Any], today: date) -> list[Problem]:
    begins, ends = day_of(written["valid_from"]), day_of(written["valid_until"])
    return broken(
        (begins is not None or not written["valid_from"], "valid_from", "bad_date", "请填写正确的日期",
         "Please enter a valid date"),
        (ends is not None or not written["valid_until"], "valid_until", "bad_date", "请填写正确的日期",
         "Please enter a valid date"),
        (begins is None or ends is None or begins <= ends, "valid_until", "ends_first",
         "有效期的结束早于开始", "It ends before it starts"),
        (ends is None or ends >= today, "valid_until", "over", "有效期已过", "Its last day has passed"),
    )  # fmt: skip


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
