"""The question bank that comes with the house: every question with its explanation and its article."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaigns.games.base import Json

_FILE = Path(__file__).parent / "data" / "question_bank.tsv"


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


@cache
def question_bank() -> dict[str, BankQuestion]:
    """All questions by id, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: _question(row) for row in rows}


def questions_for(sector: str) -> list[BankQuestion]:
    """The questions an institution of this sector may use, its own first."""
    fitting = [question for question in question_bank().values() if question.sector in (sector, "all")]
    return sorted(fitting, key=lambda question: (question.sector == "all", question.topic, question.id))


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
