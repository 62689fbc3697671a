"""Short plays with their outcome, replayed by the contract test."""

from __future__ import annotations

from campaigns.games.base import Json, Move, Sample

CLOSING = "保险产品不保证收益，理赔需符合条款约定。"


def choose(node: str, option: str) -> Move:
    return Move("answer", {"question": node, "option": option})


def example_node(key: str, *onward: str, **changes: object) -> Json:
    """A decision for samples and tests: option A, leading to the first of `onward`, is the wise one."""
    options = [
        {
            "id": letter,
            "text": f"做法{letter}",
            "to": to,
            "remark": f"点评{letter}",
            "gains": f"材料{key}{letter}",
        }
        for letter, to in zip("ABCD", onward, strict=False)
    ]
    decision = {
        "id": key,
        "title": f"情景{key}",
        "text": f"到了第{key}步，您会怎么做？",
        "options": options,
        "answer": "A",
        "explanation": f"收到请求后应当及时核定（{key}）。",
        "article": "INS-23",
        "topic": "时限",
    }
    return {**decision, **changes}


def example_ending(key: str, outcome: str) -> Json:
    """An ending for samples and tests."""
    return {"id": key, "title": f"结局{key}", "text": f"案例到此结束（{key}）。", "outcome": outcome}


CASE: Json = {
    "nodes": [
        example_node("S01", "S02", "S03"),
        example_node("S02", "S04", "S03", "S06"),
        example_node("S03", "S04", "S06"),
        example_node("S04", "S05"),
        example_ending("S05", "reached"),
        example_ending("S06", "missed"),
    ],
    "closing": CLOSING,
    "most_detours": 1,
    "shuffle": False,
}

SAMPLES = (
    Sample(
        "the wise way earns the service",
        settings=CASE,
        moves=[choose("S01", "A"), choose("S02", "A"), choose("S04", "A")],
        earns=["passed"],
        finished=True,
    ),
    Sample(
        "one detour is allowed",
        settings={**CASE, "shuffle": True},
        moves=[choose("S01", "B"), choose("S03", "A"), choose("S04", "A")],
        earns=["passed"],
        finished=True,
    ),
    Sample(
        "a good ending after too many detours earns nothing",
        settings={**CASE, "most_detours": 0},
        moves=[choose("S01", "B"), choose("S03", "A"), choose("S04", "A")],
        finished=True,
    ),
    Sample(
        "a missed ending earns nothing",
        settings=CASE,
        moves=[choose("S01", "A"), choose("S02", "C")],
        finished=True,
    ),
    Sample(
        "the same choice again is told the same and changes nothing",
        settings=CASE,
        moves=[choose("S01", "A"), choose("S01", "A"), choose("S02", "A"), choose("S01", "A")],
    ),
    Sample(
        "a step taken stands",
        settings=CASE,
        moves=[choose("S01", "A"), choose("S01", "B")],
        refused="already_answered",
    ),
    Sample("no looking ahead", settings=CASE, moves=[choose("S04", "A")], refused="not_this_question"),
    Sample("a choice that is not there", settings=CASE, moves=[choose("S01", "D")], refused="no_such_option"),
    Sample(
        "the end is the end",
        settings=CASE,
        moves=[choose("S01", "A"), choose("S02", "C"), choose("S03", "A")],
        refused="play_over",
    ),
)
