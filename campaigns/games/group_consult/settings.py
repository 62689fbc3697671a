"""What a group consultation is made of.

Two people, always: there is no setting for a size, a prize, a draw or an order of merit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from campaigns.games._cards import Card, cards_problems
from campaigns.games.base import Problem, broken


@dataclass(frozen=True)
class Settings:
    service: str  # what the consultation is, in words for the customer
    steps: tuple[str, ...]  # what will happen, one line each
    cards: tuple[Card, ...]  # what one should know before it
    open_hours: int = 48

    @property
    def open_for(self) -> timedelta:
        return timedelta(hours=self.open_hours)


def problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, each with its place."""
    return cards_problems(settings.cards) + broken(
        (bool(settings.service.strip()), "service", "empty", "请说明服务内容", "Say what the service is"),
        (
            len(settings.service) <= 120,
            "service",
            "too_long",
            "服务内容最多120字",
            "The service has at most 120 characters",
        ),
        (
            1 <= len(settings.steps) <= 5 and all(step.strip() for step in settings.steps),
            "steps",
            "step_count",
            "请用1到5行说明服务如何进行",
            "Say in one to five lines how it goes",
        ),
        (
            all(len(step) <= 80 for step in settings.steps),
            "steps",
            "too_long",
            "每行最多80字",
            "A line has at most 80 characters",
        ),
        (
            1 <= settings.open_hours <= 168,
            "open_hours",
            "out_of_range",
            "成团时限应为1到168小时",
            "The time limit must be between 1 and 168 hours",
        ),
    )
