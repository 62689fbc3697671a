"""What a referral is made of.

One existing and one new customer, always. No setting could hold a number of people brought, a tier, a ranking
or a product: such a promise cannot be written down here, so it cannot be reviewed, published or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from campaigns.games._questions import Question, questions_problems
from campaigns.games.base import Problem, broken


@dataclass(frozen=True)
class Settings:
    questions: tuple[Question, ...]
    invitation: str  # what the new customer reads first; the sender cannot change it
    pass_mark: int = 60  # percent
    attempts: int = 3
    open_days: int = 7

    @property
    def open_for(self) -> timedelta:
        return timedelta(days=self.open_days)

    def question(self, key: str) -> Question:
        return next(question for question in self.questions if question.id == key)


def problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, each with its place."""
    return questions_problems(settings.questions) + broken(
        (
            len(settings.questions) <= 10,
            "questions",
            "too_many_questions",
            "助力答题最多10道题",
            "At most ten questions here",
        ),
        (bool(settings.invitation.strip()), "invitation", "empty", "请填写邀请语", "Write the invitation"),
        (
            len(settings.invitation) <= 60,
            "invitation",
            "too_long",
            "邀请语最多60字",
            "The invitation has at most 60 characters",
        ),
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
            1 <= settings.open_days <= 30,
            "open_days",
            "out_of_range",
            "邀请有效期应为1到30天",
            "An invitation is open for 1 to 30 days",
        ),
    )
