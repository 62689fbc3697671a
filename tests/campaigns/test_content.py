"""What a marketer wrote is read strictly, and every fault is named with its place in two languages."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.content import Unreadable, articles_of, problems_of, read_content
from campaigns.gallery import presets
from kernel.fingerprint import fingerprint


@pytest.fixture
def draft() -> dict[str, Any]:
    draft = presets()["anti_fraud_quiz"].draft(sector="bank", today=date(2026, 11, 21))
    draft["channels"] = [{"kind": "official_account", "name": "公众号菜单"}]
    draft["awards"] = {"passed": {"benefit": str(UUID(int=7))}}
    return draft


def places(draft: dict[str, Any]) -> list[str]:
    return [problem.path for problem in problems_of(draft)]


def test_a_good_draft_has_no_problem(draft: dict[str, Any]) -> None:
    assert problems_of(draft) == []


def test_the_same_content_has_the_same_fingerprint_however_it_was_written(draft: dict[str, Any]) -> None:
    """The gate's footing: defaults are written out, key order does not count."""
    again = dict(reversed(list(deepcopy(draft).items())))
    del again["settings"]["time_limit_minutes"]

    written, rewritten = (read_content(one).as_json() for one in (draft, again))

    assert fingerprint(written) == fingerprint(rewritten)
    assert read_content(written).as_json() == written


def test_a_sixth_field_is_refused(draft: dict[str, Any]) -> None:
    """W6."""
    draft["contact_fields"] = ["name", "phone", "need", "branch", "time", "wechat"]

    assert {problem.code for problem in problems_of(draft)} == {"too_many_fields", "field_not_allowed"}


def test_an_identity_number_is_refused_with_the_article(draft: dict[str, Any]) -> None:
    """F20."""
    draft["contact_fields"] = ["name", "phone", "branch", "time", "身份证号"]

    (problem,) = problems_of(draft)

    assert "《个人信息保护法》第六条" in problem.words.zh


@pytest.mark.parametrize("field", ["explanation", "article"])
def test_a_question_without_explanation_or_article_cannot_be_submitted(
    draft: dict[str, Any], field: str
) -> None:
    """F4, F9."""
    draft["settings"]["questions"][2][field] = "  "

    assert places(draft) == [f"settings.questions.2.{field}"]


def test_a_reward_cannot_be_an_amount_of_money(draft: dict[str, Any]) -> None:
    """F14, F29: there is no field for it."""
    draft["awards"]["passed"]["cash"] = 50

    assert places(draft) == ["awards.passed.cash"]


def test_an_award_for_a_number_of_invited_people_does_not_exist(draft: dict[str, Any]) -> None:
    """F38."""
    draft["awards"]["invited_10"] = {"benefit": str(UUID(int=8))}

    assert places(draft) == ["awards.invited_10"]


def test_a_condition_on_purchases_cannot_be_written(draft: dict[str, Any]) -> None:
    """F32."""
    draft["settings"]["minimum_balance"] = 10000

    assert places(draft) == ["settings.minimum_balance"]


def test_several_missing_fields_are_all_named(draft: dict[str, Any]) -> None:
    del draft["title"], draft["starts_on"]

    assert places(draft) == ["title", "starts_on"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": ""}, "title"),
        ({"title": "很" * 500}, "title"),
        ({"minutes": "3"}, "minutes"),
        ({"starts_on": "2026-13-40"}, "starts_on"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"game": "roulette"}, "game"),
        ({"awards": {"passed": {"benefit": "gold"}}}, "awards"),
        ({"channels": []}, "channels"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_fault_is_found_where_it_is(draft: dict[str, Any], change: dict[str, Any], place: str) -> None:
    draft |= change

    assert places(draft) == [place]


def test_the_articles_of_all_questions_are_named(draft: dict[str, Any]) -> None:
    cited = articles_of(read_content(draft))

    assert len(cited) == len(draft["settings"]["questions"])
    assert cited[0].path == "settings.questions.0.article"


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["title", "game", "settings", "awards", "channels", "starts_on", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("quiz"),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
            ),
            max_leaves=6,
        ),
    )
)
def test_any_nonsense_is_answered_with_problems_never_with_a_fault(written: dict[str, Any]) -> None:
    assert problems_of(written)
    with pytest.raises(Unreadable):
        read_content(written)
