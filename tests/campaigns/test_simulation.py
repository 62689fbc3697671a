"""F56. A simulation always ends, ends well for who chooses wisely, and promises nothing on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.certification import findings_in
from campaigns.changes import changes_between
from campaigns.content import problems_of, read_content
from campaigns.gallery import Preset, presets
from campaigns.games.base import Json, Luck
from campaigns.games.simulation.game import Simulation
from campaigns.games.simulation.samples import example_ending, example_node
from campaigns.games.simulation.settings import CLAIM_SENTENCE, Settings
from campaigns.review_face import CampaignFace
from compliance.carrying import CONCERNS, EVERYTHING, concerned

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
GAME = Simulation()
ABOUT_WAYS = {"goes_round", "no_target", "dead_end", "unreachable", "wise_way_misses", "too_few_nodes"}
WALKS = [preset for preset in presets().values() if preset.content["game"] == GAME.key]


def claim() -> Json:
    return presets()["claim_walkthrough"].draft(sector="insurance", today=TODAY)


def typed(written: Json) -> Settings:
    return msgspec.convert(written, Settings)


def problem_codes(written: Json) -> set[str]:
    return {problem.code for problem in GAME.problems(typed(written))}


def walk(case: Settings, choose: Any) -> list[str]:
    """Play to the end; `choose` picks among the options on the screen. Returns the ids of the nodes met."""
    state, met = GAME.open(case, NOON, Luck("walk")), []
    while not state["finished"]:
        shown = GAME.view(case, state, NOON)["question"]
        met.append(shown["id"])
        assert len(met) <= len(case.nodes), "this walk does not end"
        moves = GAME.moves(case, state)[: len(shown["options"])]
        state = GAME.move(case, state, choose(moves), NOON, Luck("walk")).state
    return [*met, state["at"]]


def goes_round(written: Json) -> bool:
    """Kahn's way of telling, so that the game's own is not asked about itself."""
    onward = {node["id"]: [option["to"] for option in node.get("options", [])] for node in written["nodes"]}
    left = set(onward)
    while ends := {key for key in left if not left & set(onward[key])}:
        left -= ends
    return bool(left)


@st.composite
def cases(draw: Any) -> Json:
    """Cases of any shape, most of them leading onwards."""
    size = draw(st.integers(4, 9))
    ids = [f"S{number:02d}" for number in range(size)]
    nodes = []
    for place, key in enumerate(ids):
        ahead = st.sampled_from(ids[place + 1 :] or ids)
        anywhere = st.sampled_from([*ids, "S99"])
        target = st.one_of(*[ahead] * 9, anywhere)
        onward = draw(st.lists(target, max_size=3)) if place < size - 1 else []
        if onward:
            nodes.append(example_node(key, *onward))
        else:
            nodes.append(
                example_ending(
                    key, "reached" if place == size - 1 else draw(st.sampled_from(["reached", "missed"]))
                )
            )
    return {"nodes": nodes}


@settings(max_examples=150, deadline=None)
@given(written=cases(), choices=st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_every_case_that_may_be_submitted_ends_whatever_is_chosen(written: Json, choices: list[int]) -> None:
    case, codes = typed(written), problem_codes(written)

    assert ("goes_round" in codes) == goes_round(written)
    if codes & ABOUT_WAYS:
        return
    left = iter(choices)
    met = walk(case, lambda moves: moves[next(left) % len(moves)])
    wisely = walk(case, lambda moves: next(move for move in moves if move.values["option"] == "A"))

    assert case.node(met[-1]).is_ending
    assert case.node(wisely[-1]).outcome == "reached"


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"options": [{"id": "A", "text": "回去", "to": "S01", "remark": "绕"}]}, 2, "goes_round"),
        ({"options": [{"id": "A", "text": "去", "to": "S99", "remark": "无"}]}, 2, "no_target"),
        ({"options": [], "outcome": ""}, 2, "dead_end"),
        ({"outcome": "missed"}, 16, "wise_way_misses"),
        ({"explanation": ""}, 0, "empty"),
        ({"answer": ""}, 0, "no_answer"),
    ],
)
def test_a_case_that_cannot_be_played_through_is_refused_at_its_place(
    changes: Json, place: int, code: str
) -> None:
    draft = claim()
    draft["settings"]["nodes"][place] |= changes

    found = [problem for problem in problems_of(draft) if problem.code == code]

    assert any(problem.path.startswith(f"settings.nodes.{place}.") for problem in found)


def test_a_claim_has_eight_scenes_and_the_mandated_sentence_at_every_ending() -> None:
    """F56."""
    case = typed(claim()["settings"])
    endings: dict[str, str] = {}
    waiting: list[Json] = [GAME.open(case, NOON, Luck("all"))]
    seen: set[str] = set()
    while waiting:
        state = waiting.pop()
        view = GAME.view(case, state, NOON)
        if view["finished"]:
            endings[state["at"]] = view["result"]["closing"]
        elif state["at"] not in seen:
            seen.add(state["at"])
            waiting += [
                GAME.move(case, state, move, NOON, Luck("all")).state for move in GAME.moves(case, state)
            ]

    assert len(case.nodes) >= 10
    assert set(endings) == {node.id for node in case.nodes if node.is_ending}
    assert all(CLAIM_SENTENCE in closing for closing in endings.values())


def test_a_claim_without_the_sentence_or_with_fewer_scenes_cannot_be_submitted() -> None:
    """F56."""
    silent, short = claim(), claim()
    silent["settings"]["closing"] = "感谢参与。"
    short["settings"]["nodes"] = short["settings"]["nodes"][:7]

    assert "claim_sentence_missing" in {problem.code for problem in problems_of(silent)}
    assert "too_few_nodes" in {problem.code for problem in problems_of(short)}


@pytest.mark.parametrize("promise", ["资料齐全必赔", "投保即包赔", "我司承诺理赔"])
@pytest.mark.parametrize(
    ("name", "place", "option"),
    [
        ("title", 0, None),
        ("text", 0, None),
        ("explanation", 0, None),
        ("text", 16, None),
        ("remark", 0, 1),
        ("text", 0, 1),
    ],
)
def test_a_promise_to_pay_is_blocked_wherever_it_stands(
    promise: str, name: str, place: int, option: int | None
) -> None:
    """F56: "必赔/包赔" blocked."""
    draft = claim()
    node = draft["settings"]["nodes"][place]
    (node if option is None else node["options"][option])[name] = promise

    found = findings(draft)

    at = f"settings.nodes.{place}." + (name if option is None else f"options.{option}.{name}")
    assert ("block", at) in found


def test_a_mistaken_belief_may_be_offered_as_the_unwise_choice() -> None:
    draft = claim()
    draft["settings"]["nodes"][0]["options"][2] |= {"text": "买了保险就必赔，不用留证据"}

    assert "block" not in {severity for severity, _ in findings(draft)}


def findings(draft: Json) -> list[tuple[str, str]]:
    preset = Preset("", "", "retain", ("insurance",), "", "", {**draft, "disclaimers": draft["disclaimers"]})
    return [(found.severity, found.path) for found in findings_in(preset, "insurance", TODAY)]


@pytest.mark.parametrize("preset", WALKS, ids=lambda preset: preset.key)
def test_who_chooses_wisely_passes_and_who_never_does_not(preset: Preset) -> None:
    content = read_content(
        {
            **preset.draft(sector=preset.sectors[0], today=TODAY),
            "channels": [{"kind": "app", "name": "官方APP"}],
        }
    )
    case = content.settings

    wisely = walk(
        case,
        lambda moves: next(m for m in moves if m.values["option"] in case.node(m.values["question"]).answer),
    )
    unwisely = walk(
        case,
        lambda moves: next(
            (m for m in moves if m.values["option"] not in case.node(m.values["question"]).answer), moves[0]
        ),
    )

    assert case.node(wisely[-1]).outcome == "reached"
    assert case.node(unwisely[-1]).outcome == "missed"


def test_a_changed_way_is_told_in_the_reviewers_words() -> None:
    before, after = claim(), claim()
    after["settings"]["nodes"][1]["options"][1]["to"] = "S18"
    after["settings"]["nodes"][1]["options"][1]["remark"] = "拖延会让损失难以查清。"
    after["settings"]["most_detours"] = 5

    told = {change.label.zh: (change.before, change.after) for change in changes_between(before, after)}

    assert told["情景S02 · 选择B · 通向情景"] == ("S06", "S18")
    assert "情景S02 · 选择B · 即时点评" in told
    assert told["允许不够稳妥的选择次数"] == ("3", "5")


def test_another_first_scene_opens_another_case_and_is_everyones_matter() -> None:
    """F71, W3: an order of scenes is no matter of looks."""
    before, after = claim(), claim()
    after["settings"]["nodes"].insert(0, after["settings"]["nodes"].pop(1))

    assert concerned(CampaignFace().differences(before, after)) == {EVERYTHING}.union(*CONCERNS.values())


@pytest.mark.parametrize("said", ["理 赔", "理\u200b赔", "理賠"])
@pytest.mark.parametrize("field", ["text", "remark"])
def test_a_claim_is_a_claim_however_it_is_written_and_wherever_it_is_said(said: str, field: str) -> None:
    """F56: also only in an option's remark."""
    node = example_node("S01", "S02")
    node["options"][0][field] = f"这样{said}更顺利"

    assert not typed({"nodes": [example_node("S01", "S02")]}).is_claim
    assert typed({"nodes": [node]}).is_claim
