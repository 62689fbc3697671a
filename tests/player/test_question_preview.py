"""A reviewer sees a question of the library as customers will: asked, answered right, answered wrong. F9."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from campaigns.models import Question
from campaigns.usecases.questions import submit_question, write_question
from compliance.queries import latest_review
from kernel.actor import Actor
from ledger.models import Entry
from tests.campaigns.test_question_library import a_question
from tests.cast import NOON
from tests.desk import Browser, signed_in


@pytest.fixture
def question(marketer: Actor) -> Question:
    written = write_question(actor=marketer, written=a_question(), now=NOON)
    submit_question(actor=marketer, question_id=written.id, now=NOON)
    return written


def at(question: Question, part: str = "", screen: str = "question") -> str:
    name = f"preview:question-{part}" if part else "preview:question"
    return reverse(name, args=[question.id, 1]) + f"?screen={screen}"


def config_of(page: Any) -> Any:
    text = page.content.decode()
    begin = text.index('id="config"')
    return json.loads(text[text.index(">", begin) + 1 : text.index("</script>", begin)])


def test_the_desk_shows_the_question_on_a_phone_in_three_states(officer: Actor, question: Question) -> None:
    review = latest_review(question.ref)
    assert review is not None
    page = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()

    assert f'src="{reverse("preview:question", args=[question.id, 1])}?screen=question"' in page
    assert [state in page for state in ('data-show="question"', 'data-show="right"', 'data-show="wrong"')]
    assert "没有手机预览" not in page


@pytest.mark.parametrize(("screen", "chosen"), [("question", ""), ("right", "A"), ("wrong", "B")])
def test_the_phone_answers_by_itself_what_the_state_asks_for(
    officer: Actor, question: Question, screen: str, chosen: str
) -> None:
    config = config_of(signed_in(officer).get(at(question, screen=screen)))

    assert (config["show"], config["choose"]) == ("question", chosen)
    assert config["links"]["start"] == at(question, "start", screen)


@pytest.mark.parametrize(("option", "correct"), [("A", True), ("B", False)])
def test_an_answer_is_judged_by_the_quiz_itself_and_nothing_is_kept(
    officer: Actor, question: Question, option: str, correct: bool
) -> None:
    desk, before = signed_in(officer), Entry.objects.count()
    assert desk.get(at(question, "me")).json()["state"] == "new"
    told = post(desk, at(question, "start"), {}).json()
    asked = told["view"]["question"]
    values = {"question": asked["id"], "option": option}
    body = {"state": told["state_token"], "kind": "answer", "values": values}

    moved = post(desk, at(question, "move"), body).json()

    assert (asked["text"], moved["reply"]["correct"]) == (a_question().text, correct)
    assert moved["reply"]["explanation"] == a_question().explanation
    assert Entry.objects.count() == before


def test_a_version_that_does_not_exist_is_not_found(officer: Actor, question: Question) -> None:
    assert signed_in(officer).get(reverse("preview:question", args=[question.id, 9])).status_code == 404


def post(desk: Browser, address: str, body: dict[str, Any]) -> Any:
    return desk.post(address, json.dumps(body), content_type="application/json")
