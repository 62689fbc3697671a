"""The group consultation: two seats, both for new customers, both services in one step or none.

Going alone earns the very same service with one tap less; the group is company, not a condition. Nobody
learns anything of the other but that the seat is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from campaigns.games._cards import card_articles, card_texts
from campaigns.games._parties import NOT_FOR_BROKERS, expired, is_over, over, seat_of, until
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
    Problem,
    Refused,
    Seat,
    Stated,
    Step,
    Text,
    Words,
)
from campaigns.games.group_consult.samples import SAMPLES
from campaigns.games.group_consult.settings import Settings, problems


class GroupConsult(Game[Settings]):
    """Seen from the phone: two equal ways to one service, then a wait with a clock, or the service."""

    key = "group_consult"
    words = Words("双人同行咨询", "Consult together")
    settings = Settings
    samples = SAMPLES
    shared_by = "party"
    seats = (
        Seat("first", Words("发起人", "First"), standing="new"),
        Seat("second", Words("同行人", "Second"), standing="new"),
    )
    previewed_from = "first"
    not_for = NOT_FOR_BROKERS
    asks_for = ("name", "phone", "need")
    awards = (Award("diagnosis", Words("验证手机号后", "Once the number is proven")),)
    verbs = frozenset({"play.joined", "play.left", "play.finished"})
    labels = {
        "service": Words("服务内容", "What the service is"),
        "steps": Words("服务如何进行", "How it goes"),
        "cards": Words("知识卡", "Fact cards"),
        "cards.*": Words("第{n}张知识卡", "Card {n}"),
        "cards.*.title": Words("标题", "Title"),
        "cards.*.text": Words("内容", "Text"),
        "cards.*.article": Words("法规依据", "Article"),
        "cards.*.topic": Words("知识点", "Topic"),
        "open_hours": Words("成团时限（小时）", "Hours to complete"),
    }

    def open(self, settings: Settings, now: datetime, luck: Luck) -> Json:
        return {"opened": now.isoformat(), "seated": [], "ended": ""}

    def move(self, settings: Settings, state: Json, move: Move, now: datetime, luck: Luck) -> Step:
        if move.kind == "join" and move.by.seat in state["seated"] and state["ended"] != "left":
            return Step(state, {"stage": self._stage(state)}, finished=bool(state["ended"]))
        if state["ended"]:
            raise over()
        if move.kind == "leave":
            return self._leave(state, move.by)
        if move.kind not in ("join", "alone"):
            raise Refused("unknown_move", "无法识别的操作", "Unknown action")

        seat = seat_of(self.seats, move.by)
        if move.kind == "alone":
            return self._alone(state, seat)
        if is_over(state, now, settings.open_for):
            raise expired()
        return self._join(state, seat)

    def _join(self, state: Json, seat: Seat) -> Step:
        if seat.key == "second" and "first" not in state["seated"]:
            raise Refused("no_party", "这次邀请已不在", "This invitation is no longer open")
        seated = [*state["seated"], seat.key]
        joined = Event("play.joined", {"seat": seat.key})
        if len(seated) < len(self.seats):
            return Step({**state, "seated": seated}, {"stage": "waiting"}, [joined])
        return Step(
            state={**state, "seated": seated, "ended": "together"},
            reply={"stage": "together"},
            events=[
                joined,
                *(
                    Event("play.finished", {"together": True, "passed": True}, place.key)
                    for place in self.seats
                ),
            ],
            earned=[Earned("diagnosis", seat=place.key) for place in self.seats],
            finished=True,
        )

    def _alone(self, state: Json, seat: Seat) -> Step:
        if seat.key != "first":
            raise Refused(
                "begin_your_own", "请从活动页面单独领取", "Please start on your own from the campaign page"
            )
        return Step(
            state={**state, "seated": [seat.key], "ended": "alone"},
            reply={"stage": "alone"},
            events=[Event("play.finished", {"together": False, "passed": True})],
            earned=[Earned("diagnosis", seat=seat.key)],
            finished=True,
        )

    def _leave(self, state: Json, by: Member) -> Step:
        if by.seat not in state["seated"]:
            raise Refused("no_seat", "您不在本次双人预约中", "You are not in this group")
        return Step(
            state={**state, "seated": [], "ended": "left"},
            reply={"stage": "left"},
            events=[Event("play.left", {"seat": by.seat})],
            finished=True,
        )

    def view(self, settings: Settings, state: Json, now: datetime, by: Member = ALONE) -> Json:
        late = not state["ended"] and is_over(state, now, settings.open_for)
        return {
            "stage": "expired" if late else self._stage(state),
            "seat": by.seat,
            "seated": by.seat in state["seated"],
            "until": until(state, settings.open_for),
            "service": settings.service,
            "steps": list(settings.steps),
            "cards": [card.shown() for card in settings.cards],
            "finished": bool(state["ended"]),
            "passed": state["ended"] in ("together", "alone"),
        }

    def _stage(self, state: Json) -> str:
        return str(state["ended"] or ("waiting" if state["seated"] else "choosing"))

    def moves(self, settings: Settings, state: Json) -> Sequence[Move]:
        if state["ended"]:
            return ()
        first, second = Member("first", "new"), Member("second", "new")
        leave, alone = Move("leave", by=first), Move("alone", by=first)
        return [leave, alone, Move("join", by=second if "first" in state["seated"] else first)]

    def problems(self, settings: Settings) -> list[Problem]:
        return problems(settings)

    def stated(self, settings: Settings) -> list[Stated]:
        # Other hours are told, too: "我们将在24小时内联系您" speaks of something else.
        pattern = r"N小时内(?:[^，。；]{0,6}(?:完成|成团|满员|凑齐|加入|验证|确认参加))"
        return [Stated(pattern, settings.open_hours, self.labels["open_hours"])]

    def texts(self, settings: Settings) -> list[Text]:
        steps = [Text(f"steps.{number}", "rule", step) for number, step in enumerate(settings.steps)]
        return [Text("service", "reward", settings.service), *steps, *card_texts(settings.cards)]

    def articles(self, settings: Settings) -> list[Cited]:
        return card_articles(settings.cards)

    def rules(self, settings: Settings) -> list[Words]:
        return [
            Words(
                f"两位新客户各自验证本人手机号，在{settings.open_hours}小时内完成，即各得一份相同的免费服务。",
                f"Two new customers, each with their own verified number, within {settings.open_hours} "
                "hours: the same free service for both.",
            ),
            Words(
                "您也可以单独领取，服务内容、条件完全相同。",
                "You can go alone: the same service on the same terms.",
            ),
            Words(
                "仅限两人，名额已满后不再加入；到期未成团自动结束，不收取任何费用，可随时单独领取。",
                "Two people only; a full group takes nobody else. If time runs out it simply ends, free of "
                "charge, and you can still go alone.",
            ),
            Words(
                "双方互不可见姓名、手机号和头像。每人限领一份，不设抽奖，不设排名。",
                "Neither sees the other's name, number or picture. One each; no draw, no ranking.",
            ),
        ]

    def open_for(self, settings: Settings) -> timedelta | None:
        return settings.open_for
