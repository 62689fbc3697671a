"""What the settings promise, and whether anybody can reach it within the days of the campaign."""

from __future__ import annotations

from datetime import date

from campaigns.games.base import Problem, Stated, Words, broken
from campaigns.games.check_in.calendar import ONE_DAY, last_day_of, month_after, month_of
from campaigns.games.check_in.settings import Settings


def stated(settings: Settings) -> list[Stated]:
    """Figures of the settings that texts repeat; a streak or points that do not exist are not spoken of."""
    months = settings.months if settings.streak != "none" else None
    points = settings.points_a_day or None
    return [
        Stated(r"连续签到N个月", months, Words("连续月数", "Months in a row")),
        Stated(r"(?:每月|当月)签到(?:满)?N天", settings.days_a_month, Words("每月签到天数", "Days a month")),
        Stated(r"每(?:次|天|日)签到(?:得|获)?N积分", points, Words("每日积分", "Points a day")),
        Stated(r"(?:满|每)N积分", settings.exchange_points if points else None,
               Words("兑换一份服务所需积分", "Points for one service")),
    ]  # fmt: skip


def unreachable(settings: Settings, starts_on: date, ends_on: date) -> list[Problem]:
    """A customer who checks in on every single day must get whatever the rules promise."""
    if ends_on < starts_on:
        return []
    days = (ends_on - starts_on).days + 1
    a_month, in_a_row = _months(settings, starts_on, ends_on)
    points, price = days * settings.points_a_day, settings.exchange_points
    streak = settings.streak == "months" and in_a_row < settings.months
    daily = settings.streak == "daily" and last_day_of(starts_on, settings.months) > ends_on
    return broken(
        (a_month >= settings.days_a_month, "days_a_month", "out_of_reach",
         f"活动期内一个自然月最多能签{a_month}天，达不到{settings.days_a_month}天；请延长活动或减少天数",
         f"Within the campaign a month has {a_month} days at most, not {settings.days_a_month}"),
        (not streak, "months", "out_of_reach",
         f"活动期内最多连续{in_a_row}个月能签满，达不到{settings.months}个月；请延长活动或减少月数",
         f"Within the campaign {in_a_row} months in a row can be reached, not {settings.months}"),
        (not daily, "months", "out_of_reach",
         f"活动只有{days}天，不够连续签到{settings.months}个月；请延长活动或减少月数",
         f"The campaign has {days} days, too few for {settings.months} months in a row"),
        (not points or points >= price, "exchange_points", "out_of_reach",
         f"活动期内最多得{points}积分，换不到需要{price}积分的服务；请延长活动或调整积分",
         f"{points} points can be won within the campaign, too few for a service of {price}"),
    )  # fmt: skip


def _months(settings: Settings, starts_on: date, ends_on: date) -> tuple[int, int]:
    """The most days one calendar month of the campaign has, and how many full ones follow one another."""
    counted: dict[str, int] = {}
    day = starts_on
    while day <= ends_on:
        counted[month_of(day)] = counted.get(month_of(day), 0) + 1
        day += ONE_DAY
    longest = run = 0
    month = month_of(starts_on)
    while month in counted:
        run = run + 1 if counted[month] >= settings.days_a_month else 0
        longest = max(longest, run)
        month = month_after(month)
    return max(counted.values()), longest
