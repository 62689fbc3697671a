"""The referral: the existing customer opens it, the new customer's own answers decide, each earns their own.

Nothing is earned by sending, opening or joining. The helper learns whether it is done, never what was
answered or by whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from campaigns.games._parties import NOT_FOR_BROKERS, expired, is_over, over, seat_of, until
from campaigns.games._questions import question_articles, question_texts
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
from campaigns.games.referral_assist.samples import SAMPLES, answer
from campaigns.games.referral_assist.settings import Settings, problems

HELPER, NEWCOMER = "helper", "newcomer"


class ReferralAssist(Game[Settings]):
    """Seen from the phone: the helper passes on a link; the newcomer answers, alone and for themselves."""

    key = "referral_assist"
    words = Words("金融老客助力", "Pass it on")
    settings = Settings
    samples = SAMPLES
    shared_by = "party"
    seats = (
        Seat(HELPER, Words("老客户", "Existing customer"), standing="existing"),
        Seat(NEWCOMER, Words("新客户", "New customer"), standing="new"),
    )
    previewed_from = NEWCOMER
    not_for = NOT_FOR_BROKERS
    asks_for = ("name", "phone", "need")
    awards = (
        Award("helper_service", Words("老客户权益", "For the existing customer"), seat=HELPER, people=1),
        Award("newcomer_service", Words("新客户权益", "For the new customer"), seat=NEWCOMER),
    )
    verbs = frozenset({"play.joined", "play.left", "play.answered", "play.finished"})
    labels = {
        "invitation": Words("邀请语", "Invitation"),
        "questions": Words("题目", "Questions"),
        "questions.*": Words("第{n}题", "Question {n}"),
        "questions.*.text": Words("题干", "Question text"),
        "questions.*.options": Words("选项", "Options"),
        "questions.*.options.*": Words("选项{id}", "Option {id}"),
        "questions.*.options.*.text": Words("选项文字", "Option text"),
        "questions.*.answer": Words("正确答案", "Right answer"),
        "questions.*.explanation": Words("知识讲解", "Explanation"),
        "questions.*.article": Words("法规依据", "Article"),
        "questions.*.topic": Words("知识点", "Topic"),
        "pass_mark": Words("达标正确率（%）", "Pass mark (%)"),
        "attempts": Words("可答题次数", "Attempts"),
        "open_days": Words("邀请有效天数", "Days an invitation is open"),
    }

    def open(self, settings: Settings, now: datetime, luck: Luck) -> Json:
        return {
            "opened": now.isoformat(),
            "seated": [],
            "answers": {},
            "attempt": 1,
            "ended": "",
            "score": None,
        }

    def move(self, settings: Settings, state: Json, move: Move, now: datetime, luck: Luck) -> Step:
        again = self._told_again(settings, state, move)
        if again is not None:
            return again
        if state["ended"]:
            raise over()
        if move.kind == "leave":
            return self._leave(state, move.by)
        if is_over(state, now, settings.open_for):
            raise expired()
        if move.kind == "join":
            return self._join(state, seat_of(self.seats, move.by))
        if move.kind not in ("answer", "again"):
            raise Refused("unknown_move", "无法识别的操作", "Unknown action")
        if move.by.seat != NEWCOMER or NEWCOMER not in state["seated"]:
            raise Refused(
                "not_your_turn",
                "答题需由受邀的新客户本人完成",
                "The questions are for the invited new customer alone",
            )
        if move.kind == "again":
            return self._again(settings, state)
        return self._answer(settings, state, move)

    def _told_again(self, settings: Settings, state: Json, move: Move) -> Step | None:
        """A double tap, or a reply lost on the way: told the same, changing nothing."""
        if state["ended"] == "left":
            return None
        if move.kind == "join" and move.by.seat in state["seated"]:
            return Step(state, {"stage": self._stage(settings, state)}, finished=bool(state["ended"]))
        asked, given = move.values.get("question"), move.values.get("option")
        if move.kind != "answer" or move.by.seat != NEWCOMER:
            return None
        if not isinstance(asked, str) or not isinstance(given, str) or asked not in state["answers"]:
            return None
        if state["answers"][asked] != "".join(sorted(given)):
            return None
        told = settings.question(asked).explained(state["answers"][asked])
        return Step(state, {**told, **self._result(state)}, finished=bool(state["ended"]))

    def _join(self, state: Json, seat: Seat) -> Step:
        if seat.key == NEWCOMER and HELPER not in state["seated"]:
            raise Refused("no_party", "这次邀请已不在", "This invitation is no longer open")
        after = {**state, "seated": [*state["seated"], seat.key]}
        stage = "waiting" if seat.key == HELPER else "answering"
        return Step(after, {"stage": stage}, [Event("play.joined", {"seat": seat.key})])

    def _leave(self, state: Json, by: Member) -> Step:
        if by.seat not in state["seated"]:
            raise Refused("no_seat", "您不在这次邀请中", "You are not part of this invitation")
        left = Event("play.left", {"seat": by.seat})
        if by.seat == HELPER:
            return Step({**state, "ended": "left", "seated": []}, {"stage": "left"}, [left], finished=True)
        after = {**state, "seated": [HELPER], "answers": {}, "attempt": 1, "score": None}
        return Step(after, {"stage": "left"}, [left])

    def _answer(self, settings: Settings, state: Json, move: Move) -> Step:
        asked = move.values.get("question")
        if isinstance(asked, str) and asked in state["answers"]:
            raise Refused(
                "already_answered",
                "这道题已经作答，答案不能更改",
                "Already answered; answers cannot be changed",
            )
        if asked is None or asked != self._current(settings, state):
            raise Refused("not_this_question", "请先回答当前题目", "Please answer the current question first")
        question = settings.question(asked)
        chosen = question.chosen(move.values.get("option"))

        after = {**state, "answers": {**state["answers"], asked: chosen}}
        told = question.explained(chosen)
        answered = Event("play.answered", {"question": asked, "option": chosen, "correct": told["correct"]})
        if len(after["answers"]) < len(settings.questions):
            return Step(after, told, [answered])
        return self._round_over(settings, after, told, answered)

    def _round_over(self, settings: Settings, state: Json, told: Json, answered: Event) -> Step:
        right = self._right(settings, state)
        count = len(settings.questions)
        score, passed = right * 100 // count, right * 100 >= settings.pass_mark * count
        ended = "passed" if passed else "failed" if state["attempt"] >= settings.attempts else ""
        after = {**state, "score": score, "ended": ended}
        return Step(
            state=after,
            reply={**told, **self._result(after)},
            events=[answered, Event("play.finished", {"score": score, "passed": passed})],
            earned=[Earned("helper_service", seat=HELPER), Earned("newcomer_service", seat=NEWCOMER)]
            if passed
            else [],
            finished=bool(ended),
        )

    def _again(self, settings: Settings, state: Json) -> Step:
        if state["score"] is None:
            raise Refused("round_not_over", "请先答完这一轮", "Please finish this round first")
        after = {**state, "answers": {}, "score": None, "attempt": state["attempt"] + 1}
        return Step(after, {"stage": "answering"})

    def _result(self, state: Json) -> Json:
        if state["score"] is None:
            return {}
        return {"score": state["score"], "passed": state["ended"] == "passed"}

    def view(self, settings: Settings, state: Json, now: datetime, by: Member = ALONE) -> Json:
        late = not state["ended"] and is_over(state, now, settings.open_for)
        shared = {
            "stage": "expired" if late else self._stage(settings, state),
            "seat": by.seat,
            "seated": by.seat in state["seated"],
            "until": until(state, settings.open_for),
            "invitation": settings.invitation,
            "finished": bool(state["ended"]),
            "passed": state["ended"] == "passed",
        }
        if by.seat != NEWCOMER:
            return shared
        current = self._current(settings, state)
        question = settings.question(current) if current and NEWCOMER in state["seated"] else None
        return {
            **shared,
            "total": len(settings.questions),
            "answered": len(state["answers"]),
            "question": question.asked([option.id for option in question.options]) if question else None,
            "attempts_left": settings.attempts - state["attempt"],
            "pass_mark": settings.pass_mark,
            "score": state["score"],
            "correct": self._right(settings, state),
            "explained": [
                settings.question(asked).explained(chosen) for asked, chosen in state["answers"].items()
            ],
        }

    def _stage(self, settings: Settings, state: Json) -> str:
        if state["ended"]:
            return str(state["ended"])
        if NEWCOMER in state["seated"]:
            return "answering"
        return "waiting" if HELPER in state["seated"] else "inviting"

    def _current(self, settings: Settings, state: Json) -> str | None:
        return next((asked.id for asked in settings.questions if asked.id not in state["answers"]), None)

    def _right(self, settings: Settings, state: Json) -> int:
        return sum(settings.question(asked).is_right(chosen) for asked, chosen in state["answers"].items())

    def moves(self, settings: Settings, state: Json) -> Sequence[Move]:
        if state["ended"]:
            return ()
        helper, newcomer = Member(HELPER, "existing"), Member(NEWCOMER, "new")
        leaves = [Move("leave", by=helper), Move("leave", by=newcomer)]
        if NEWCOMER not in state["seated"]:
            return [*leaves, Move("join", by=newcomer if HELPER in state["seated"] else helper)]
        current = self._current(settings, state)
        if current is None:
            return [*leaves, Move("again", by=newcomer)]
        question = settings.question(current)
        answers = [answer(current, option.id) for option in question.options]
        return [*leaves, *answers, answer(current, question.answer)]

    def twin(self, settings: Settings, state: Json) -> Settings:
        questions = tuple(
            question if question.id in state["answers"] else question.disguised()
            for question in settings.questions
        )
        return replace(settings, questions=questions)

    def problems(self, settings: Settings) -> list[Problem]:
        return problems(settings)

    def stated(self, settings: Settings) -> list[Stated]:
        return [
            Stated(r"(?:答|共|完成)N道?题", len(settings.questions), Words("题目", "Questions")),
            Stated(r"正确率(?:达到|达|满)?N[%％]", settings.pass_mark, self.labels["pass_mark"]),
        ]

    def texts(self, settings: Settings) -> list[Text]:
        return [Text("invitation", "share", settings.invitation), *question_texts(settings.questions)]

    def articles(self, settings: Settings) -> list[Cited]:
        return question_articles(settings.questions)

    def rules(self, settings: Settings) -> list[Words]:
        count, mark = len(settings.questions), settings.pass_mark
        return [
            Words(
                f"由一位老客户邀请一位新客户；新客户本人答{count}道基础金融知识题，正确率达到{mark}%后，双方各得一份免费服务。",
                f"One existing customer invites one new customer; when the new customer's own answers to "
                f"{count} questions reach {mark}%, each side has a free service.",
            ),
            Words(
                "转发、点击、加入都不产生权益；老客户最多获得一份，不随邀请人数增加，不设排名。",
                "Sending, opening or joining earns nothing. At most one service for the existing customer, "
                "however many are invited; no ranking.",
            ),
            Words(
                "新客户须在自己的手机上验证本人手机号并单独同意，不得由他人代填。",
                "The new customer verifies their own number on their own phone and consents for themselves.",
            ),
            Words(
                f"邀请{settings.open_days}天内有效，新客户最多可答{settings.attempts}次；到期自动结束。",
                f"An invitation is open {settings.open_days} days, with up to {settings.attempts} rounds.",
            ),
        ]

    def invitation(self, settings: Settings) -> str:
        return settings.invitation

    def open_for(self, settings: Settings) -> timedelta | None:
        return settings.open_for
