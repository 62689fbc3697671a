"""What a quiz is made of, and what keeps one from being submitted."""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.games._questions import Question, questions_problems
from campaigns.games.base import QUIET, Problem, broken


@dataclass(frozen=True)
class Settings:
    questions: tuple[Question, ...]
    pass_mark: int = 80  # percent
    attempts: int = 3
    per_play: int = 0  # 0: all of them
    time_limit_minutes: int = 0  # 0: no limit
    shuffle: bool = True
    monthly_on: int | None = field(default=None, metadata=QUIET)  # the day an edition opens; None: runs once

    @property
    def asked(self) -> int:
        """Questions in one play."""
        return self.per_play or len(self.questions)

    def question(self, key: str) -> Question:
        return next(question for question in self.questions if question.id == key)


def problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, each with its place."""
    count = len(settings.questions)
    return questions_problems(settings.questions) + broken(
        (
            1 <= settings.pass_mark <= 100,
            "pass_mark",
            "out_of_range",
            "达标正确率应为1到100",
            "The pass mark must be between 1 and 100",
        ),
        (
            1 <= settings.attempts <= 10,
            "attempts",
            "out_of_range",
            "可参与次数应为1到10",
            "Attempts must be between 1 and 10",
        ),
        (
            0 <= settings.per_play <= count,
            "per_play",
            "more_than_there_are",
            "每次抽题数不能超过题目总数",
            "More questions per play than there are",
        ),
        (
            0 <= settings.time_limit_minutes <= 120,
            "time_limit_minutes",
            "out_of_range",
            "限时应为0到120分钟",
            "The time limit must be between 0 and 120 minutes",
        ),
        (
            settings.monthly_on is None or 1 <= settings.monthly_on <= 31,
            "monthly_on",
            "out_of_range",
            "每月开期日应为1到31，留空表示不分期",
            "The day of the month must be between 1 and 31, or empty for no editions",
        ),
    )
