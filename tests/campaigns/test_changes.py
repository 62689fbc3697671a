"""What changed since the last approval is told by its name and place, not by JSON."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from campaigns.changes import changes_between
from campaigns.content import read_content
from campaigns.gallery import presets
from campaigns.review_face import CampaignFace
from compliance.carrying import concerned


@pytest.fixture
def approved() -> dict[str, Any]:
    draft = presets()["deposit_insurance_quiz"].draft(sector="bank", today=date(2026, 11, 21))
    return read_content(draft).as_json()


@pytest.fixture
def edited(approved: dict[str, Any]) -> dict[str, Any]:
    return deepcopy(approved)


def told(approved: dict[str, Any], edited: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change.kind, change.label.zh) for change in changes_between(approved, edited)]


def test_nothing_changed_is_nothing_to_tell(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    assert changes_between(approved, edited) == []
    assert changes_between(None, edited) == []


def test_a_new_title_is_told_with_both_texts(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    edited["title"] = "存款保险知多少"

    (change,) = changes_between(approved, edited)

    assert (change.label.zh, change.label.en) == ("活动标题", "Title")
    assert (change.before, change.after) == ("存款保险小课堂", "存款保险知多少")


def test_an_edited_explanation_names_its_question(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    """F71."""
    edited["settings"]["questions"][2]["explanation"] = "新的解读"

    assert told(approved, edited) == [("changed", "第3题 · 知识讲解")]


def test_an_edited_option_names_question_and_option(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    edited["settings"]["questions"][0]["options"][1]["text"] = "一百万元"

    assert [label for _, label in told(approved, edited)] == ["第1题 · 选项B"]


def test_a_moved_question_is_not_told_as_rewritten(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    questions = edited["settings"]["questions"]
    questions.append(questions.pop(0))

    assert told(approved, edited) == [("moved", "题目")]


def test_questions_come_and_go(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    questions = edited["settings"]["questions"]
    questions[5] = {**questions[5], "id": "own-1", "text": "自己出的题"}

    assert told(approved, edited) == [("added", "第6题"), ("removed", "第6题")]


def test_pass_mark_and_rules_and_service_are_named(approved: dict[str, Any], edited: dict[str, Any]) -> None:
    edited["settings"]["pass_mark"] = 60
    edited["rules"] = [*edited["rules"], "新规则"]
    edited["awards"] = {"passed": {"benefit": "0" * 8}}

    labels = {label for _, label in told(approved, edited)}

    assert labels == {"达标正确率（%）", "补充规则", "权益"}


def _edit(*steps: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def edit(content: Any) -> None:
        for step in steps[:-1]:
            content = content[step]
        content[steps[-1]] = to

    return edit


@pytest.mark.parametrize(
    ("edit", "posts"),
    [
        (_edit("title", to="存款保险知多少"), {"creative", "legal"}),
        (_edit("minutes", to=9), {"creative"}),
        (_edit("ends_on", to="2027-01-31"), {"operations"}),
        (_edit("channels", to=[{"kind": "branch", "name": "网点"}]), {"operations", "consumer_protection"}),
        (_edit("contact_fields", to=["name"]), {"legal", "operations", "consumer_protection"}),
        (_edit("settings", "pass_mark", to=61), {"legal", "operations", "consumer_protection"}),
        (_edit("settings", "questions", 2, "explanation", to="新的解读"), {"legal"}),
        (_edit("settings", "questions", 2, "text", to="新的题干"), {"creative", "legal"}),
        (lambda content: content["settings"]["questions"].pop(), {"creative", "legal"}),
        (lambda content: content["settings"]["questions"].reverse(), {"creative"}),
        (_edit("game", to="check_in"), {"creative", "legal", "operations", "consumer_protection"}),
        (_edit("settings", "unheard_of", to=1), {"creative", "legal", "operations", "consumer_protection"}),
    ],
)
def test_a_change_is_asked_of_the_posts_it_concerns(
    approved: dict[str, Any],
    edited: dict[str, Any],
    edit: Callable[[dict[str, Any]], None],
    posts: set[str],
) -> None:
    """F71, W3. The officer answers for the whole, so the post is always among them."""
    edit(edited)

    assert concerned(CampaignFace().differences(approved, edited)) == {*posts, "compliance"}
