"""The question bank that comes with the house: every question with its explanation and its article."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from campaigns.games.base import Json
from campaigns.question_content import as_question, wording_of
from kernel.fingerprint import fingerprint

_FILE = Path(__file__).parent / "data" / "question_bank.tsv"
CERTIFICATE = Path(__file__).parent / "data" / "question_bank.json"


class BankCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Compliance looked at exactly these questions, against exactly these wordings of the articles.

    `articles` names the wording of each article that is cited. A newer wording takes the questions out of use
    until each institution, or this certificate, says that they still stand.
    """

    fingerprint: str
    pack: str
    on: date
    until: date
    articles: dict[str, str]


@dataclass(frozen=True)
class BankQuestion:
    """One checked question. `sector` is a sector or "all"."""

    id: str
    topic: str
    sector: str
    text: str
    options: tuple[str, ...]
    answer: str
    explanation: str
    article: str

    def as_setting(self) -> Json:
        """The question as the quiz writes it."""
        return {
            "id": self.id,
            "text": self.text,
            "options": [{"id": "ABCDEF"[place], "text": text} for place, text in enumerate(self.options)],
            "answer": self.answer,
            "explanation": self.explanation,
            "article": self.article,
            "topic": self.topic,
        }

    @property
    def wording(self) -> str:
        """Names what a customer reads of it."""
        return wording_of(as_question(self.as_setting(), self.id))


@cache
def question_bank() -> dict[str, BankQuestion]:
    """All questions by id, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: _question(row) for row in rows}


@cache
def bank_by_wording() -> dict[str, BankQuestion]:
    """All questions by the name of what a customer reads."""
    return {question.wording: question for question in question_bank().values()}


@cache
def bank_certificate() -> BankCertificate:
    """The certificate as shipped."""
    return msgspec.json.decode(CERTIFICATE.read_bytes(), type=BankCertificate)


def bank_fingerprint() -> str:
    """Names every question of the bank."""
    return fingerprint([question.as_setting() for question in question_bank().values()])


def bank_is_certified(today: date) -> bool:
    """Whether the certificate names what the bank says now and is in force."""
    given = bank_certificate()
    return given.fingerprint == bank_fingerprint() and today <= given.until


def _question(row: dict[str, str]) -> BankQuestion:
    options = tuple(text for letter in "abcd" if (text := row[f"option_{letter}"]))
    return BankQuestion(
        id=row["id"],
        topic=row["topic"],
        sector=row["sector"],
        text=row["question"],
        options=options,
        answer=row["correct"],
        explanation=row["explanation"],
        article=row["article"],
    )
