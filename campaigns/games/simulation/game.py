"""The simulation: a situation, a choice, an instant remark with its article, and on to what follows.

Every way ends, because no option of a reviewed case leads back. A good ending with few enough less sound
choices earns `passed`. What the other options would have led to is told at the end, never before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

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
from campaigns.games.simulation.checks import problems
from campaigns.games.simulation.paths import most_steps
from campaigns.games.simulation.samples import SAMPLES, choose
from campaigns.games.simulation.settings import REACHED, Node, Settings


class Simulation(Game[Settings]):
    """Seen from the phone: a case file that fills, one situation at a time, and the road taken at the end."""

    key = "simulation"
    words = Words("情景模拟", "Walk-through")
    settings = Settings
    samples = SAMPLES
    awards = (Award("passed", Words("顺利走完流程", "A good ending")),)
    verbs = frozenset({"play.answered", "play.finished"})
    labels = {
        "nodes": Words("情景", "Scenes"),
        "nodes.*": Words("情景{id}", "Scene {id}"),
        "nodes.*.title": Words("情景标题", "Scene title"),
        "nodes.*.text": Words("情景描述", "Situation"),
        "nodes.*.options.*": Words("选择{id}", "Option {id}"),
        "nodes.*.options.*.text": Words("选择的内容", "Option text"),
        "nodes.*.options.*.to": Words("通向情景", "Leads to scene"),
        "nodes.*.options.*.remark": Words("即时点评", "Remark"),
        "nodes.*.options.*.gains": Words("放入案卷", "Adds to the case file"),
        "nodes.*.answer": Words("稳妥的选择", "Wise options"),
        "nodes.*.explanation": Words("知识讲解", "Explanation"),
        "nodes.*.article": Words("法规依据", "Article"),
        "nodes.*.topic": Words("知识点", "Topic"),
        "nodes.*.outcome": Words("结局", "Ending"),
        "closing": Words("结束语", "Closing sentence"),
        "most_detours": Words("允许不够稳妥的选择次数", "Less sound choices allowed"),
        "attempts": Words("可参与次数", "Attempts"),
        "shuffle": Words("随机选择顺序", "Shuffle the options"),
    }

    def open(self, settings: Settings, now: datetime, luck: Luck) -> Json:
        return {
            "at": settings.nodes[0].id if settings.nodes else "",
            "path": [],
            "order": {node.id: self._order(settings, node, luck) for node in settings.nodes},
            "finished": False,
        }

    def move(self, settings: Settings, state: Json, move: Move, now: datetime, luck: Luck) -> Step:
        asked, chosen = move.values.get("question"), move.values.get("option")
        made = _made_at(state, asked)
        if move.kind == "answer" and made is not None and made["option"] == chosen:
            return Step(state, self._told(settings, state, made), finished=state["finished"])
        if state["finished"]:
            raise Refused("play_over", "这个案例已经走完", "This case is already closed")
        if move.kind != "answer":
            raise Refused("unknown_move", "无法识别的操作", "Unknown action")
        if made is not None:
            raise Refused(
                "already_answered",
                "这一步已经选过，不能更改",
                "This step has been taken and cannot be changed",
            )
        if asked != state["at"]:
            raise Refused("not_this_question", "请先完成当前这一步", "Please take the current step first")
        return self._choose(settings, state, settings.node(state["at"]), chosen)

    def _choose(self, settings: Settings, state: Json, node: Node, chosen: object) -> Step:
        if not isinstance(chosen, str) or chosen not in {option.id for option in node.options}:
            raise Refused("no_such_option", "请选择一种做法", "Please choose one of the options")
        onward = node.option(chosen).to
        if onward not in state["order"]:
            raise Refused("not_ready", "后面的情景还没有写好", "What follows has not been written yet")

        made: Json = {"question": node.id, "option": chosen, "correct": chosen in node.answer}
        ending = settings.node(onward)
        after = {
            **state,
            "at": onward,
            "path": [*state["path"], made],
            "finished": ending.is_ending,
        }
        reply = self._told(settings, after, made)
        answered = Event("play.answered", made)
        if not ending.is_ending:
            return Step(after, reply, [answered])
        score, passed = _score(after), self._passed(settings, after)
        return Step(
            state=after,
            reply=reply,
            events=[
                answered,
                Event("play.finished", {"score": score, "passed": passed, "ending": onward}),
            ],
            earned=[Earned("passed")] if passed else [],
            finished=True,
        )

    def _told(self, settings: Settings, state: Json, made: Json) -> Json:
        """What may be told of a step once it is taken."""
        node = settings.node(made["question"])
        option = node.option(made["option"])
        told: Json = {
            **made,
            "remark": option.remark,
            "gains": option.gains,
            "answer": node.answer,
            "explanation": node.explanation,
            "article": node.article,
        }
        if not state["finished"]:
            return told
        return {**told, "finished": True, "score": _score(state), "passed": self._passed(settings, state)}

    def _passed(self, settings: Settings, state: Json) -> bool:
        reached = settings.node(state["at"]).outcome == REACHED
        return reached and _detours(state) <= settings.most_detours

    def view(self, settings: Settings, state: Json, now: datetime, by: Member = ALONE) -> Json:
        ongoing = bool(state["at"]) and not state["finished"]
        return {
            "answered": len(state["path"]),
            "ahead": most_steps(settings, state["at"]),
            "correct": _wise(state),
            "detours": _detours(state),
            "most_detours": settings.most_detours,
            "finished": state["finished"],
            "file": [gained for made in state["path"] if (gained := _gained(settings, made))],
            "question": self._shown(settings, state, state["at"]) if ongoing else None,
            "history": [
                {
                    **self._shown(settings, state, made["question"]),
                    **self._told(settings, {**state, "finished": False}, made),
                }
                for made in state["path"]
            ],
            "result": self._result(settings, state) if state["finished"] else None,
        }

    def _shown(self, settings: Settings, state: Json, key: str) -> Json:
        """A situation before anything is chosen in it."""
        node = settings.node(key)
        return {
            "id": node.id,
            "title": node.title,
            "text": node.text,
            "topic": node.topic,
            "options": [
                {"id": letter, "text": node.option(letter).text} for letter in state["order"][node.id]
            ],
        }

    def _result(self, settings: Settings, state: Json) -> Json:
        ending = settings.node(state["at"])
        return {
            "passed": self._passed(settings, state),
            "reached": ending.outcome == REACHED,
            "score": _score(state),
            "correct": _wise(state),
            "total": len(state["path"]),
            "title": ending.title,
            "text": ending.text,
            "explanation": ending.explanation,
            "article": ending.article,
            "closing": settings.closing,
            "roads": [self._road(settings, made) for made in state["path"]],
        }

    def _road(self, settings: Settings, made: Json) -> Json:
        """One step of the way, and where the others would have led."""
        node = settings.node(made["question"])
        option = node.option(made["option"])
        return {
            "title": node.title,
            "taken": option.text,
            "correct": made["correct"],
            "remark": option.remark,
            "article": node.article,
            "others": [
                {
                    "text": other.text,
                    "to": settings.node(other.to).title,
                    "correct": other.id in node.answer,
                    "remark": other.remark,
                }
                for other in node.options
                if other.id != option.id
            ],
        }

    def moves(self, settings: Settings, state: Json) -> Sequence[Move]:
        if state["finished"] or not state["at"]:
            return ()
        node = settings.node(state["at"])
        wise = [option.id for option in node.options if option.id in node.answer]
        return [choose(node.id, option.id) for option in node.options] + [
            choose(node.id, letter) for letter in wise[:1]
        ]

    def twin(self, settings: Settings, state: Json) -> Settings:
        if state["finished"]:
            return settings
        walked = {made["question"] for made in state["path"]}
        nodes = tuple(
            node if node.id in walked else node.disguised(unseen=node.id != state["at"])
            for node in settings.nodes
        )
        return replace(settings, nodes=nodes)

    def opened_on(self, written: Json, item: int) -> Json:
        nodes = written.get("nodes")
        if not isinstance(nodes, list) or not 0 <= item < len(nodes):
            return written
        others = [node for place, node in enumerate(nodes) if place != item]
        return {**written, "nodes": [nodes[item], *others], "shuffle": False}

    def attempts(self, settings: Settings) -> int:
        return settings.attempts

    def problems(self, settings: Settings) -> list[Problem]:
        return problems(settings)

    def stated(self, settings: Settings) -> list[Stated]:
        return [
            Stated(r"不够稳妥的选择不超过N次", settings.most_detours, self.labels["most_detours"]),
            Stated(r"参与N次", settings.attempts, self.labels["attempts"]),
        ]

    def texts(self, settings: Settings) -> list[Text]:
        """A decision is scanned like a question: what it tempts to is a wrong option."""
        found = []
        for place, node in enumerate(settings.nodes):
            at = f"nodes.{place}"
            kind = "explanation" if node.is_ending else "question"
            found += [Text(f"{at}.title", "title", node.title), Text(f"{at}.text", kind, node.text, at)]
            for number, option in enumerate(node.options):
                here = f"{at}.options.{number}"
                found.append(Text(f"{here}.text", "option", option.text, at, option.id in node.answer))
                found.append(Text(f"{here}.remark", "explanation", option.remark, at))
                found.append(Text(f"{here}.gains", "title", option.gains))
            found.append(Text(f"{at}.explanation", "explanation", node.explanation, at))
        found.append(Text("closing", "explanation", settings.closing))
        return [text for text in found if text.text]

    def articles(self, settings: Settings) -> list[Cited]:
        return [
            Cited(f"nodes.{place}.article", node.article)
            for place, node in enumerate(settings.nodes)
            if node.article
        ]

    def rules(self, settings: Settings) -> list[Words]:
        steps = most_steps(settings, settings.nodes[0].id) if settings.nodes else 0
        detours, attempts = settings.most_detours, settings.attempts
        return [
            Words(
                f"跟着案例一步步选择，最多{steps}步；每一步都当场说明理由和依据。",
                f"Walk through the case in {steps} steps at most; each choice is explained at once.",
            ),
            Words(
                f"结局妥善，且不够稳妥的选择不超过{detours}次，为达标；每人最多可参与{attempts}次。",
                f"A pass is a good ending with no more than {detours} less sound choices; "
                f"up to {attempts} rounds per person.",
            ),
            Words(
                "案例为情景演示，人物和数字均为虚构，不构成对任何实际事项的承诺。",
                "The case is an illustration with invented people and figures, and promises nothing about "
                "any real matter.",
            ),
        ]

    def award_rules(self, settings: Settings) -> Mapping[str, Words]:
        return {"passed": Words("达标权益每人限一份。", "One service per person for passing.")}

    def _order(self, settings: Settings, node: Node, luck: Luck) -> str:
        letters = [option.id for option in node.options]
        return "".join(luck.order(letters, of=node.id) if settings.shuffle else letters)


def _made_at(state: Json, asked: object) -> Json | None:
    """The step taken at that node, if it was taken."""
    return next((made for made in state["path"] if made["question"] == asked), None)


def _gained(settings: Settings, made: Json) -> str:
    return settings.node(made["question"]).option(made["option"]).gains


def _wise(state: Json) -> int:
    return sum(made["correct"] for made in state["path"])


def _detours(state: Json) -> int:
    return len(state["path"]) - _wise(state)


def _score(state: Json) -> int:
    return _wise(state) * 100 // max(1, len(state["path"]))
