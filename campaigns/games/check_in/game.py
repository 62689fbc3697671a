"""The check-in: once a calendar day in Asia/Shanghai, a fact card each time, services for days and points.

The day is the server's. A second tap on the same day is told the same again and changes nothing. Missing a
day takes nothing away; the state holds only what was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from campaigns.games._cards import card_articles, card_texts
from campaigns.games.base import (
    ALONE,
    Award,
    Cited,
    Earned,
    Event,
    Game,
    Json,
    Luck,
    Member,
    Move,
    Points,
    Problem,
    Refused,
    Stated,
    Step,
    Text,
    Words,
)
from campaigns.games.check_in.calendar import (
    ONE_DAY,
    day_of,
    first_of,
    holds,
    last_day_of,
    length_of,
    month_of,
    months_around,
    run_around,
    seconds_left_of,
    with_day,
)
from campaigns.games.check_in.promises import stated, unreachable
from campaigns.games.check_in.rules import rules
from campaigns.games.check_in.samples import SAMPLES
from campaigns.games.check_in.settings import Settings, problems

KEPT_CARDS = 7  # how many of the last cards the phone can look at again


class CheckIn(Game[Settings]):
    """Seen from the phone: this month's calendar, one button, the card of the day, how far the goal is."""

    key = "check_in"
    words = Words("金融客户签到积分", "Daily check-in")
    settings = Settings
    samples = SAMPLES
    awards = (
        Award("month", Words("当月签到达标", "Reached the month's days")),
        Award("streak", Words("连续签到达标", "Reached the streak")),
        Award("exchange", Words("积分兑换", "Exchanged for points")),
    )
    verbs = frozenset({"play.checked_in", "play.exchanged"})
    labels = {
        "cards": Words("知识卡", "Fact cards"),
        "cards.*": Words("第{n}张知识卡", "Card {n}"),
        "cards.*.title": Words("标题", "Title"),
        "cards.*.text": Words("内容", "Text"),
        "cards.*.article": Words("法规依据", "Article"),
        "cards.*.topic": Words("知识点", "Topic"),
        "days_a_month": Words("每月签到天数", "Days a month"),
        "streak": Words("连续签到的算法", "How a streak is counted"),
        "months": Words("连续月数", "Months in a row"),
        "make_up_days": Words("每月可补签天数", "Make-up days a month"),
        "points_a_day": Words("每日积分", "Points a day"),
        "exchange_points": Words("兑换一份服务所需积分", "Points for one service"),
        "points_valid_days": Words("活动结束后积分有效天数", "Days points stay valid after the campaign"),
    }

    def open(self, settings: Settings, now: datetime, luck: Luck) -> Json:
        return {
            "opened": day_of(now).isoformat(),
            "days": {},
            "made_up": {},
            "count": 0,
            "last": "",
            "streak": False,
            "points": 0,
            "exchanged": 0,
        }

    def move(self, settings: Settings, state: Json, move: Move, now: datetime, luck: Luck) -> Step:
        today = day_of(now)
        if move.kind == "check_in":
            return self._check_in(settings, state, today)
        if move.kind == "make_up":
            return self._make_up(settings, state, move, today)
        if move.kind == "exchange":
            return self._exchange(settings, state)
        raise Refused("unknown_move", "无法识别的操作", "Unknown action")

    def _check_in(self, settings: Settings, state: Json, today: date) -> Step:
        if holds(state["days"], today):
            return Step(state, self._told(settings, state, today))
        after = {
            **state,
            "days": with_day(state["days"], today),
            "count": state["count"] + 1,
            "last": today.isoformat(),
            "points": state["points"] + settings.points_a_day,
        }
        points = [Points(settings.points_a_day, today.isoformat())] if settings.points_a_day else []
        return self._counted(settings, after, today, today, points, made_up=False)

    def _make_up(self, settings: Settings, state: Json, move: Move, today: date) -> Step:
        day = _day_in(move.values.get("day"))
        if day is not None and holds(state["days"], day):
            return Step(state, self._told(settings, state, today))
        if day is None or day not in self._open_gaps(settings, state, today):
            raise Refused("no_make_up", "这一天不能补签", "This day cannot be made up")
        after = {
            **state,
            "days": with_day(state["days"], day),
            "made_up": with_day(state["made_up"], day),
        }
        return self._counted(settings, after, day, today, [], made_up=True)

    def _counted(
        self,
        settings: Settings,
        state: Json,
        day: date,
        today: date,
        points: Sequence[Points],
        *,
        made_up: bool,
    ) -> Step:
        """What one more day brings."""
        month = month_of(day)
        in_month = len(state["days"][month])
        earned = [Earned("month", month)] if in_month == settings.days_a_month else []
        if not state["streak"] and self._streak_reached(settings, state, day):
            state = {**state, "streak": True}
            earned.append(Earned("streak"))
        return Step(
            state=state,
            reply={
                "again": False,
                "earned": [won.award for won in earned],
                **self._told(settings, state, today),
            },
            events=[
                Event("play.checked_in", {"day": day.isoformat(), "in_month": in_month, "made_up": made_up})
            ],
            earned=earned,
            points=points,
        )

    def _exchange(self, settings: Settings, state: Json) -> Step:
        price = settings.exchange_points
        if not settings.points_a_day:
            raise Refused("no_points_here", "本活动不设积分", "This campaign has no points")
        if state["points"] < price:
            raise Refused(
                "not_enough_points",
                f"还差{price - state['points']}积分",
                f"{price - state['points']} more points are needed",
            )
        number = state["exchanged"] + 1
        after = {**state, "points": state["points"] - price, "exchanged": number}
        return Step(
            state=after,
            reply={"exchanged": True, "balance": after["points"]},
            events=[Event("play.exchanged", {"points": price, "number": number})],
            earned=[Earned("exchange", f"exchange-{number}", price=price)],
        )

    def _streak_reached(self, settings: Settings, state: Json, day: date) -> bool:
        if settings.streak == "months":
            full = {month for month, days in state["days"].items() if len(days) >= settings.days_a_month}
            return months_around(full, month_of(day)) >= settings.months
        if settings.streak == "daily":
            first, last = run_around(state["days"], day)
            return last >= last_day_of(first, settings.months)
        return False

    def _open_gaps(self, settings: Settings, state: Json, today: date) -> list[date]:
        """Missed days of this month that may still be made up, since the play began."""
        month = month_of(today)
        if len(state["made_up"].get(month, ())) >= settings.make_up_days:
            return []
        day, gaps = max(first_of(month), date.fromisoformat(state["opened"])), []
        while day < today:
            if not holds(state["days"], day):
                gaps.append(day)
            day += ONE_DAY
        return gaps

    def view(self, settings: Settings, state: Json, now: datetime, by: Member = ALONE) -> Json:
        today = day_of(now)
        month = month_of(today)
        days = state["days"].get(month, [])
        checked = holds(state["days"], today)
        ahead = length_of(month) - today.day + (0 if checked else 1)
        shown = range(max(0, state["count"] - KEPT_CARDS), state["count"])
        return {
            "today": today.isoformat(),
            "day_ends_in": seconds_left_of(now),
            "checked": checked,
            "month": {
                "key": month,
                "starts_on": first_of(month).weekday(),
                "length": length_of(month),
                "days": days,
                "made_up": state["made_up"].get(month, []),
            },
            "goal": {
                "days": settings.days_a_month,
                "done": len(days),
                "within_reach": len(days) + ahead >= settings.days_a_month,
            },
            "streak": self._streak_shown(settings, state, today),
            "points": self._points_shown(settings, state),
            "make_up": [day.isoformat() for day in self._open_gaps(settings, state, today)],
            "total": state["count"],
            "card": self._todays_card(settings, state, today),
            "kept": [settings.card(number).shown() for number in reversed(shown)],
            "finished": False,
        }

    def _points_shown(self, settings: Settings, state: Json) -> Json | None:
        if not settings.points_a_day:
            return None
        price = settings.exchange_points
        return {"a_day": settings.points_a_day, "balance": state["points"], "price": price}

    def _streak_shown(self, settings: Settings, state: Json, today: date) -> Json | None:
        """How far the streak is: whole months for `months`, days for `daily`."""
        if settings.streak == "none":
            return None
        told: Json = {"kind": settings.streak, "months": settings.months, "reached": state["streak"]}
        if settings.streak == "months":
            return {**told, **self._months_shown(settings, state, today)}
        reference = today if holds(state["days"], today) else today - ONE_DAY
        if not holds(state["days"], reference):
            return {**told, "done": 0, "until": last_day_of(today, settings.months).isoformat()}
        first, last = run_around(state["days"], reference)
        until = last_day_of(first, settings.months).isoformat()
        return {**told, "done": (last - first).days + 1, "until": until}

    def _months_shown(self, settings: Settings, state: Json, today: date) -> Json:
        full = {month for month, days in state["days"].items() if len(days) >= settings.days_a_month}
        this = month_of(today)
        before = month_of(first_of(this) - ONE_DAY)
        return {"done": months_around(full, this if this in full else before)}

    def _todays_card(self, settings: Settings, state: Json, today: date) -> Json | None:
        """The card of today's check-in. A made-up day brings none: it was not a visit."""
        if state["last"] != today.isoformat():
            return None
        return settings.card(state["count"] - 1).shown()

    def _told(self, settings: Settings, state: Json, today: date) -> Json:
        return {"card": self._todays_card(settings, state, today)}

    def moves(self, settings: Settings, state: Json) -> Sequence[Move]:
        gap = date.fromisoformat(state["last"] or state["opened"]) - ONE_DAY
        return [Move("exchange"), Move("make_up", {"day": gap.isoformat()}), Move("check_in")]

    def twin(self, settings: Settings, state: Json) -> Settings:
        cards = tuple(
            card if number < state["count"] else card.disguised()
            for number, card in enumerate(settings.cards)
        )
        return replace(settings, cards=cards)

    def problems(self, settings: Settings) -> list[Problem]:
        return problems(settings)

    def stated(self, settings: Settings) -> list[Stated]:
        return stated(settings)

    def unreachable(self, settings: Settings, starts_on: date, ends_on: date) -> list[Problem]:
        return unreachable(settings, starts_on, ends_on)

    def texts(self, settings: Settings) -> list[Text]:
        return card_texts(settings.cards)

    def articles(self, settings: Settings) -> list[Cited]:
        return card_articles(settings.cards)

    def rules(self, settings: Settings) -> list[Words]:
        return rules(settings)

    def promised(self, settings: Settings) -> frozenset[str]:
        without = {"streak"} if settings.streak == "none" else set()
        return super().promised(settings) - without - (set() if settings.points_a_day else {"exchange"})

    def points_lapse_after(self, settings: Settings) -> timedelta | None:
        return timedelta(days=settings.points_valid_days) if settings.points_a_day else None


def _day_in(given: object) -> date | None:
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
