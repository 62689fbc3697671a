"""The quiz: one question at a time, answered once, explained at once with its article.

Questions are drawn and options mixed once, when the play opens, from the luck given; refresh, second tab
and replay meet the same order. A play that reaches the pass mark earns `passed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from campaigns.games._questions import Question, question_articles, question_texts
from campaigns.games._series import REST, Series, rested
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
    Stated,
    Step,
    Text,
    Words,
)
from campaigns.games.quiz.samples import SAMPLES, answer
from campaigns.games.quiz.settings import Settings, problems

GRACE = timedelta(seconds=5)  # an answer given in time may travel this long on a slow network


class Quiz(Game[Settings]):
    """Seen from the phone: a question, its explanation, the next question, the result."""

    key = "quiz"
    words = Words("金融知识答题闯关", "Financial knowledge quiz")
    settings = Settings
    samples = SAMPLES
    awards = (Award("passed", Words("答题达标", "Reached the pass mark")),)
    verbs = frozenset({"play.answered", "play.finished"})
    labels = {
        "questions": Words("题目", "Questions"),
        "questions.*": Words("第{n}题", "Question {n}"),
        "questions.*.text": Words("题干", "Question text"),
        "questions.*.options.*": Words("选项{id}", "Option {id}"),
        "questions.*.answer": Words("正确答案", "Right answer"),
        "questions.*.explanation": Words("知识讲解", "Explanation"),
        "questions.*.article": Words("法规依据", "Article"),
        "questions.*.topic": Words("知识点", "Topic"),
        "pass_mark": Words("达标正确率（%）", "Pass mark (%)"),
        "attempts": Words("可参与次数", "Attempts"),
        "per_play": Words("每次抽题数", "Questions per play"),
        "time_limit_minutes": Words("限时（分钟）", "Time limit (minutes)"),
        "shuffle": Words("随机题序与选项", "Shuffle questions and options"),
        "monthly_on": Words("每月开期日", "Day of the month on which an edition opens"),
    }

    def open(self, settings: Settings, now: datetime, luck: Luck) -> Json:
        questions = list(settings.questions)
        if settings.shuffle:
            questions = luck.order(questions, of="questions")
        elif 0 < settings.per_play < len(questions):
            drawn = {question.id for question in luck.order(questions, of="questions")[: settings.per_play]}
            questions = [question for question in questions if question.id in drawn]
        if settings.per_play:
            questions = questions[: settings.per_play]
        return {
            "opened": now.isoformat(),
            "order": [question.id for question in questions],
            "options": {question.id: self._option_order(settings, question, luck) for question in questions},
            "answers": {},
            "finished": False,
        }

    def move(self, settings: Settings, state: Json, move: Move, now: datetime, luck: Luck) -> Step:
        if move.kind == "answer" and self._repeats(state, move):
            return Step(
                state, self._told(settings, state, move.values["question"]), finished=state["finished"]
            )
        if state["finished"]:
            raise Refused("play_over", "本次答题已结束", "This quiz is already finished")
        if move.kind == "time_up":
            return self._time_up(settings, state, now)
        if move.kind != "answer":
            raise Refused("unknown_move", "无法识别的操作", "Unknown action")
        if self._is_late(settings, state, now, GRACE):
            return self._finish(settings, state, reply={"time_up": True}, events=[])
        return self._answer(settings, state, move)

    def _answer(self, settings: Settings, state: Json, move: Move) -> Step:
        asked, chosen = move.values.get("question"), move.values.get("option")
        if not isinstance(asked, str) or asked not in state["order"]:
            raise Refused(
                "not_this_question", "这道题不在本次答题中", "This question is not part of this quiz"
            )
        if asked in state["answers"]:
            raise Refused(
                "already_answered",
                "这道题已经作答，答案不能更改",
                "Already answered; answers cannot be changed",
            )
        if asked != self._current(state):
            raise Refused("not_this_question", "请先回答当前题目", "Please answer the current question first")
        question = settings.question(asked)
        chosen = question.chosen(chosen)

        correct = question.is_right(chosen)
        answers = {**state["answers"], asked: {"option": chosen, "correct": correct}}
        after = {**state, "answers": answers}
        answered = Event("play.answered", {"question": asked, "option": chosen, "correct": correct})
        reply = question.explained(chosen)
        if len(answers) < len(state["order"]):
            return Step(after, reply, [answered])
        return self._finish(settings, after, reply, [answered])

    def _repeats(self, state: Json, move: Move) -> bool:
        """The same answer to the same question again: a double tap, or a reply lost on the way."""
        asked, chosen = move.values.get("question"), move.values.get("option")
        if not isinstance(asked, str) or not isinstance(chosen, str) or asked not in state["answers"]:
            return False
        return bool(state["answers"][asked]["option"] == "".join(sorted(chosen)))

    def _told(self, settings: Settings, state: Json, asked: str) -> Json:
        given = state["answers"][asked]
        told = settings.question(asked).explained(given["option"])
        if not state["finished"]:
            return told
        return {**told, "finished": True, "score": state["score"], "passed": state["passed"]}

    def _time_up(self, settings: Settings, state: Json, now: datetime) -> Step:
        if not self._is_late(settings, state, now, timedelta(0)):
            raise Refused("time_not_up", "答题时间还没有结束", "There is still time left")
        return self._finish(settings, state, reply={"time_up": True}, events=[])

    def _finish(self, settings: Settings, state: Json, reply: Json, events: Sequence[Event]) -> Step:
        right = _correct(state)
        score = right * 100 // len(state["order"])
        passed = right * 100 >= settings.pass_mark * len(state["order"])
        return Step(
            state={**state, "finished": True, "score": score, "passed": passed},
            reply={**reply, "finished": True, "score": score, "passed": passed},
            events=[*events, Event("play.finished", {"score": score, "passed": passed})],
            earned=[Earned("passed", self._occasion(settings, state))] if passed else [],
            finished=True,
        )

    def view(self, settings: Settings, state: Json, now: datetime, by: Member = ALONE) -> Json:
        current = None if state["finished"] else self._current(state)
        return {
            "total": len(state["order"]),
            "answered": len(state["answers"]),
            "correct": _correct(state),
            "pass_mark": settings.pass_mark,
            "finished": state["finished"],
            "seconds_left": self._seconds_left(settings, state, now),
            "question": self._shown(settings, state, current) if current else None,
            "history": [
                self._answered(settings, state, asked)
                for asked in state["order"]
                if asked in state["answers"]
            ],
            "result": self._result(settings, state) if state["finished"] else None,
        }

    def _occasion(self, settings: Settings, state: Json) -> str:
        """In a series each edition is an occasion of its own."""
        series = self.series(settings)
        opened = datetime.fromisoformat(state["opened"])
        return series.edition_at(opened).isoformat() if series else "once"

    def _result(self, settings: Settings, state: Json) -> Json:
        questions = [settings.question(asked) for asked in state["answers"]]
        learnt = [
            {
                "topic": question.topic,
                "article": question.article,
                "correct": state["answers"][question.id]["correct"],
            }
            for question in questions
        ]
        return {
            "score": state["score"],
            "passed": state["passed"],
            "correct": _correct(state),
            "total": len(state["order"]),
            "learnt": learnt,
            "next_edition": self._next_edition(settings, state),
        }

    def _next_edition(self, settings: Settings, state: Json) -> str:
        """The day the next edition opens; empty for a quiz that runs once."""
        series = self.series(settings)
        opened = datetime.fromisoformat(state["opened"])
        return series.after(series.edition_at(opened)).isoformat() if series else ""

    def moves(self, settings: Settings, state: Json) -> Sequence[Move]:
        if state["finished"]:
            return ()
        asked = str(self._current(state))
        question = settings.question(asked)
        singles = [answer(asked, option.id) for option in question.options]
        return [*singles, answer(asked, question.answer)]

    def twin(self, settings: Settings, state: Json) -> Settings:
        questions = tuple(
            question if question.id in state["answers"] else question.disguised()
            for question in settings.questions
        )
        return replace(settings, questions=questions)

    def attempts(self, settings: Settings) -> int:
        return settings.attempts

    def series(self, settings: Settings) -> Series | None:
        return Series(settings.monthly_on) if settings.monthly_on else None

    def rested(self, settings: Settings, earlier: Sequence[Json]) -> Settings:
        pool = [question.id for question in settings.questions]
        kept = set(rested(pool, [state["order"] for state in earlier], settings.asked))
        return replace(settings, questions=tuple(one for one in settings.questions if one.id in kept))

    def problems(self, settings: Settings) -> list[Problem]:
        return problems(settings)

    def advice(self, settings: Settings) -> list[Problem]:
        needed, pool = settings.asked * settings.attempts * REST, len(settings.questions)
        if not settings.monthly_on or pool >= needed:
            return []
        words = Words(
            f"每期{settings.attempts}次、每次{settings.asked}题，{REST}期内不重复需要{needed}题，现有{pool}题；"
            "不足时会优先重复最久以前的题",
            f"{settings.attempts} rounds of {settings.asked} questions in {REST} editions need {needed} "
            f"questions; there are {pool}. Those asked longest ago will come again",
        )
        return [Problem("monthly_on", "pool_too_small", words)]

    def stated(self, settings: Settings) -> list[Stated]:
        return [
            Stated(r"(?:答|每次|每期|每月|共|完成)N道?题", settings.asked, self.labels["per_play"]),
            Stated(r"正确率(?:达到|达|满)?N[%％]", settings.pass_mark, self.labels["pass_mark"]),
            Stated(r"参与N次", settings.attempts, self.labels["attempts"]),
        ]

    def texts(self, settings: Settings) -> list[Text]:
        return question_texts(settings.questions)

    def articles(self, settings: Settings) -> list[Cited]:
        return question_articles(settings.questions)

    def rules(self, settings: Settings) -> list[Words]:
        asked = settings.asked
        rules = [
            Words(
                f"每次{asked}题，答对{settings.pass_mark}%及以上为达标。",
                f"{asked} questions a round; {settings.pass_mark}% right is a pass.",
            ),
            *self._rounds(settings),
        ]
        if settings.time_limit_minutes:
            minutes = settings.time_limit_minutes
            rules.append(Words(f"每次限时{minutes}分钟。", f"{minutes} minutes a round."))
        return rules

    def award_rules(self, settings: Settings) -> Mapping[str, Words]:
        once = Words("达标权益每人限一份。", "One service per person for passing.")
        monthly = Words("达标权益每人每期限一份。", "One service per person and edition for passing.")
        return {"passed": monthly if settings.monthly_on else once}

    def _rounds(self, settings: Settings) -> list[Words]:
        if not settings.monthly_on:
            return [
                Words(
                    f"每人最多可参与{settings.attempts}次。",
                    f"Up to {settings.attempts} rounds per person.",
                )
            ]
        day = settings.monthly_on
        late = "（当月没有这一天的，为当月最后一天）" if day > 28 else ""
        late_en = ", or on the last day of a shorter month" if day > 28 else ""
        return [
            Words(
                f"每月{day}日0点开放新一期{late}。每人每期最多可参与{settings.attempts}次。",
                f"A new edition opens on day {day} of each month{late_en}. "
                f"Up to {settings.attempts} rounds per person and edition.",
            ),
            Words(
                f"题目随机抽取，连续{REST}期内不重复；题目不足时优先重复最久以前的题。",
                f"Questions are drawn at random, none twice within {REST} editions; "
                "should there be too few, those asked longest ago come again.",
            ),
        ]

    def _option_order(self, settings: Settings, question: Question, luck: Luck) -> str:
        letters = [option.id for option in question.options]
        return "".join(luck.order(letters, of=question.id) if settings.shuffle else letters)

    def _current(self, state: Json) -> str | None:
        return next((asked for asked in state["order"] if asked not in state["answers"]), None)

    def _is_late(self, settings: Settings, state: Json, now: datetime, grace: timedelta) -> bool:
        limit = settings.time_limit_minutes
        return (
            bool(limit) and now >= datetime.fromisoformat(state["opened"]) + timedelta(minutes=limit) + grace
        )

    def _seconds_left(self, settings: Settings, state: Json, now: datetime) -> int | None:
        if not settings.time_limit_minutes or state["finished"]:
            return None
        until = datetime.fromisoformat(state["opened"]) + timedelta(minutes=settings.time_limit_minutes)
        return max(0, int((until - now).total_seconds()))

    def _shown(self, settings: Settings, state: Json, asked: str) -> Json:
        return settings.question(asked).asked(state["options"][asked])

    def _answered(self, settings: Settings, state: Json, asked: str) -> Json:
        given = state["answers"][asked]["option"]
        return {**self._shown(settings, state, asked), **settings.question(asked).explained(given)}


def _correct(state: Json) -> int:
    return sum(given["correct"] for given in state["answers"].values())
