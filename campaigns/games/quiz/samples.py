"""Short plays with their outcome, replayed by the contract test."""

from __future__ import annotations

from datetime import timedelta

from campaigns.games.base import Json, Move, Sample


def example_question(key: str, answer: str = "A") -> Json:
    """A question for samples and tests."""
    return {
        "id": key,
        "text": f"接到要求转入“安全账户”的电话怎么办（{key}）",
        "options": [{"id": letter, "text": f"做法{letter}"} for letter in "ABC"],
        "answer": answer,
        "explanation": f"不存在所谓的安全账户（{key}）。",
        "article": "AF-30",
        "topic": "反诈",
    }


def answer(question: str, chosen: str) -> Move:
    return Move("answer", {"question": question, "option": chosen})


THREE: Json = {
    "questions": [example_question(key) for key in ("q1", "q2", "q3")],
    "shuffle": False,
    "pass_mark": 60,
}

SAMPLES = (
    Sample(
        "two of three right is a pass at 60 percent",
        settings=THREE,
        moves=[answer("q1", "A"), answer("q2", "B"), answer("q3", "A")],
        earns=["passed"],
        finished=True,
    ),
    Sample(
        "an edition of a monthly quiz is passed like any other",
        settings={**THREE, "monthly_on": 31},
        moves=[answer("q1", "A"), answer("q2", "A"), answer("q3", "A")],
        earns=["passed"],
        finished=True,
    ),
    Sample(
        "one of three right is none",
        settings=THREE,
        moves=[answer("q1", "A"), answer("q2", "B"), answer("q3", "B")],
        finished=True,
    ),
    Sample(
        "the same answer again is told the same and changes nothing",
        settings=THREE,
        moves=[answer("q1", "A"), answer("q1", "A"), answer("q2", "A"), answer("q3", "B"), answer("q3", "B")],
        earns=["passed"],
        finished=True,
    ),
    Sample(
        "an answer stands",
        settings=THREE,
        moves=[answer("q1", "B"), answer("q1", "A")],
        refused="already_answered",
    ),
    Sample("no looking ahead", settings=THREE, moves=[answer("q2", "A")], refused="not_this_question"),
    Sample(
        "a question from elsewhere", settings=THREE, moves=[answer("q9", "A")], refused="not_this_question"
    ),
    Sample(
        "an option that is not there", settings=THREE, moves=[answer("q1", "Z")], refused="no_such_option"
    ),
    Sample(
        "two options where one is asked",
        settings=THREE,
        moves=[answer("q1", "AB")],
        refused="one_option_only",
    ),
    Sample(
        "several right options in any order",
        settings={"questions": [example_question("q1", answer="AC")]},
        moves=[answer("q1", "CA")],
        earns=["passed"],
        finished=True,
    ),
    Sample(
        "half of several right options is not right",
        settings={"questions": [example_question("q1", answer="AC")]},
        moves=[answer("q1", "A")],
        finished=True,
    ),
    Sample(
        "an answer after the time limit does not count",
        settings={**THREE, "time_limit_minutes": 5},
        moves=[answer("q1", "A"), timedelta(minutes=6), answer("q2", "A")],
        finished=True,
    ),
    Sample(
        "time cannot be declared up early",
        settings={**THREE, "time_limit_minutes": 5},
        moves=[timedelta(minutes=4), Move("time_up")],
        refused="time_not_up",
    ),
    Sample(
        "the end is the end",
        settings={"questions": [example_question("q1")]},
        moves=[answer("q1", "A"), answer("q1", "B")],
        earns=["passed"],
        refused="play_over",
    ),
)
