"""Two copies of one wording, from before duplicates were refused: one is kept, one set aside. F4, F9."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import Question
from campaigns.question_library import known_wordings
from campaigns.question_twins import told_twice, twins_of
from campaigns.usecases.merging import CopyInReview, KeepTheApproved, NotTheSameQuestion, merge_question
from campaigns.usecases.questions import QuestionMerged, restore_question, submit_question, write_question
from kernel.actor import Actor
from kernel.errors import BadRequest
from tests.campaigns.test_question_library import a_question, approved_question, decide
from tests.cast import NOON
from tests.desk import signed_in


@pytest.fixture
def copy(marketer: Actor) -> Question:
    return write_question(actor=marketer, written=a_question(), now=NOON)


def merge(marketer: Actor, copy: Question, kept: Question) -> Question:
    return merge_question(actor=marketer, question_id=copy.id, keep_id=kept.id, now=NOON)


def test_a_copy_is_set_aside_for_good_and_the_one_kept_goes_on(
    marketer: Actor, officer: Actor, copy: Question
) -> None:
    kept = write_question(actor=marketer, written=a_question(), now=NOON)
    assert [one.id for one in twins_of(copy)] == [kept.id]
    assert len(told_twice()) == 1

    merge(marketer, copy, kept)

    assert (twins_of(kept), told_twice()) == ([], [])
    with pytest.raises(QuestionMerged):
        restore_question(actor=marketer, question_id=copy.id, now=NOON)
    submit_question(actor=marketer, question_id=kept.id, now=NOON)
    decide(kept, officer)
    assert known_wordings([kept.wording], now=NOON)[kept.wording].code == kept.code


def test_the_approved_one_is_kept(marketer: Actor, officer: Actor) -> None:
    """Campaigns that use it are not left without it; their words stay known by the copy that stands."""
    approved = approved_question(marketer, officer)
    copy = write_question(actor=marketer, written=a_question(), now=NOON)

    with pytest.raises(KeepTheApproved):
        merge(marketer, approved, copy)
    merge(marketer, copy, approved)

    known = known_wordings([approved.wording], now=NOON)[approved.wording]
    assert (known.code, known.verdict) == (approved.code, "ok")


def test_only_copies_are_merged_and_none_in_review(marketer: Actor, copy: Question) -> None:
    other = write_question(actor=marketer, written=a_question(text="另一道题，您应当？"), now=NOON)
    with pytest.raises(NotTheSameQuestion):
        merge(marketer, copy, other)
    with pytest.raises(BadRequest):
        merge(marketer, copy, copy)

    submit_question(actor=marketer, question_id=copy.id, now=NOON)
    twin = write_question(actor=marketer, written=a_question(), now=NOON)
    with pytest.raises(CopyInReview):
        merge(marketer, copy, twin)


def test_the_page_offers_it_and_the_list_tells_of_it(marketer: Actor, copy: Question) -> None:
    kept = write_question(actor=marketer, written=a_question(), now=NOON)
    desk = signed_in(marketer)
    assert "题库中有相同的题目" in desk.get(reverse("questions:own")).content.decode()
    assert (
        f"保留 {kept.code}，并入本题"
        in desk.get(reverse("questions:question", args=[copy.id])).content.decode()
    )

    desk.post(reverse("questions:merge", args=[copy.id]), {"keep": kept.id})

    assert Question.of(copy.id).merged_into_id == kept.id
    assert "已并入相同的题目" in desk.get(reverse("questions:question", args=[copy.id])).content.decode()
