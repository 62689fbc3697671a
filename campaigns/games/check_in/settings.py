"""What a check-in campaign is made of, and what keeps one from being submitted.

The institution chooses what counts; the player reads it in words made from these numbers (`rules.py`). There
is no setting for a lottery, for a loss when a day is missed, or for anything that is paid in points but a
free service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from campaigns.games._cards import Card, cards_problems
from campaigns.games.base import Problem, broken


@dataclass(frozen=True)
class Settings:
    cards: tuple[Card, ...]
    days_a_month: int = 15
    streak: Literal["none", "months", "daily"] = "months"  # that many days in each month, or every single day
    months: int = 3
    make_up_days: int = 0  # a month
    points_a_day: int = 10  # 0: no points
    exchange_points: int = 300  # what one service costs in points
    points_valid_days: int = 30  # after the campaign's last day

    def card(self, number: int) -> Card:
        """The card of the n-th check-in; the deck starts again when it is through."""
        return self.cards[number % len(self.cards)]


def problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, each with its place."""
    return cards_problems(settings.cards) + broken(
        (
            1 <= settings.days_a_month <= 28,
            "days_a_month",
            "out_of_range",
            "每月签到天数应为1到28（二月也能达到）",
            "Days a month must be between 1 and 28, so that February can reach it",
        ),
        (
            1 <= settings.months <= 12,
            "months",
            "out_of_range",
            "连续月数应为1到12",
            "Months in a row must be between 1 and 12",
        ),
        (
            0 <= settings.make_up_days <= 5,
            "make_up_days",
            "out_of_range",
            "每月补签最多5天",
            "At most five make-up days a month",
        ),
        (
            0 <= settings.points_a_day <= 100,
            "points_a_day",
            "out_of_range",
            "每日积分应为0到100",
            "Points a day must be between 0 and 100",
        ),
        (
            not settings.points_a_day or 1 <= settings.exchange_points <= 100_000,
            "exchange_points",
            "points_without_use",
            "积分必须可以兑换服务权益（《规范促销行为暂行规定》第十四条）",
            "Points must be exchangeable for a service (Interim Rules on Promotion art. 14)",
        ),
        (
            1 <= settings.points_valid_days <= 366,
            "points_valid_days",
            "out_of_range",
            "积分有效期应为活动结束后1到366天",
            "Points must stay valid for 1 to 366 days after the campaign",
        ),
    )
