"""The rules as the player reads them, generated from the settings: what counts and what it earns."""

from __future__ import annotations

from campaigns.games.base import Words
from campaigns.games.check_in.settings import Settings


def rules(settings: Settings) -> list[Words]:
    """Every promise of the settings, one sentence each."""
    return [*_days(settings), *_streak(settings), *_points(settings)]


def _days(settings: Settings) -> list[Words]:
    wanted, cards = settings.days_a_month, settings.make_up_days
    return [
        Words(
            "每天可签到一次，按北京时间自然日计算（0:00 至 23:59），签到后可读一张金融知识卡。",
            "One check-in a calendar day, Beijing time (0:00 to 23:59); each brings a fact card.",
        ),
        Words(
            f"一个自然月内签到满{wanted}天（不要求连续），可获当月签到权益一份。",
            f"{wanted} days within one calendar month, in a row or not, earn that month's service.",
        ),
        Words(
            f"漏签的日子可在当月内补签，每月最多{cards}天；补签计入天数，不计积分。"
            if cards
            else "不设补签。漏签不扣积分，也不影响已获得的权益，次日照常签到即可。",
            f"Missed days can be made up within the month, at most {cards}; they bring no points."
            if cards
            else "Missed days cannot be made up. Missing one costs you nothing; check in the next day.",
        ),
    ]


def _streak(settings: Settings) -> list[Words]:
    wanted, months = settings.days_a_month, settings.months
    if settings.streak == "months":
        return [
            Words(
                f"“连续签到{months}个月”指连续{months}个自然月中，每个月都签到满{wanted}天；"
                "达成后可获连续签到权益，每人一份。",
                f"“{months} months in a row” means {wanted} days in each of {months} consecutive calendar "
                "months; it earns the streak service once per person.",
            )
        ]
    if settings.streak == "daily":
        return [
            Words(
                f"“连续签到{months}个月”指自某日起每天签到，至{months}个月后对应日期的前一天为止"
                "（当月没有对应日期的，至该月最后一天）；达成后可获连续签到权益，每人一份。",
                f"“{months} months in a row” means every day from a first day until the day before the same "
                f"date {months} months later (or that month's last day if it has no such date); it earns the "
                "streak service once per person.",
            )
        ]
    return []


def _points(settings: Settings) -> list[Words]:
    if not settings.points_a_day:
        return []
    a_day, price, valid = settings.points_a_day, settings.exchange_points, settings.points_valid_days
    return [
        Words(
            f"每次签到得{a_day}积分；每{price}积分可兑换一份本活动公布的免费服务权益，在活动页面兑换。",
            f"Each check-in brings {a_day} points; {price} points become one free service of this campaign, "
            "exchanged on this page.",
        ),
        Words(
            "积分仅可兑换服务权益，不可兑换现金、礼品，不可转让，与任何产品购买无关。",
            "Points become services only: no cash, no goods, no transfer, no product to buy.",
        ),
        Words(
            f"积分有效期至活动结束后第{valid}天，到期未兑换的积分作废；签到与分享无关。",
            f"Points stay valid until {valid} days after the campaign ends and lapse then. "
            "Check-in has nothing to do with sharing.",
        ),
    ]
