"""Findings set aside, remarks resolved, eyes on a review: the deeds themselves."""

import pytest

from compliance.models import Comment
from compliance.queries import finding_key
from compliance.usecases import (
    ask_evidence,
    dismiss_finding,
    look_at_review,
    open_review,
    resolve_comment,
    second_dismissal,
    write_comment,
)
from compliance.usecases.findings import AlreadyDismissed, NotAFinding, SecondPersonNeeded
from kernel.actor import Ref
from kernel.errors import BadRequest, Denied, NotFound
from kernel.ids import new_id
from tests.cast import NOON
from tests.compliance.test_desk import FINDING


@pytest.fixture
def review(marketer):
    return open_review(
        actor=marketer,
        subject=Ref("campaign", new_id()),
        title="本金安全",
        fingerprint="b" * 64,
        content={"title": "本金安全"},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        findings=[FINDING],
        now=NOON,
    )


def test_a_dismissal_needs_a_finding_and_a_reason(review, officer):
    with pytest.raises(NotAFinding):
        dismiss_finding(actor=officer, review_id=review.id, key="x", reason="无", now=NOON)
    with pytest.raises(BadRequest):
        dismiss_finding(actor=officer, review_id=review.id, key=finding_key(FINDING), reason=" ", now=NOON)


def test_nobody_confirms_their_own_dismissal(review, officer, legal):
    dismissal = dismiss_finding(
        actor=officer, review_id=review.id, key=finding_key(FINDING), reason="题干引用", now=NOON
    )

    with pytest.raises(SecondPersonNeeded):
        second_dismissal(actor=officer, review_id=review.id, dismissal_id=dismissal.id, now=NOON)
    second_dismissal(actor=legal, review_id=review.id, dismissal_id=dismissal.id, now=NOON)
    with pytest.raises(AlreadyDismissed):
        second_dismissal(actor=legal, review_id=review.id, dismissal_id=dismissal.id, now=NOON)


def test_a_marketer_dismisses_nothing(review, marketer):
    with pytest.raises(Denied):
        dismiss_finding(actor=marketer, review_id=review.id, key="x", reason="好", now=NOON)


def test_a_remark_is_resolved_once_found(review, officer):
    write_comment(actor=officer, subject=review.subject, text="改一下", path="title", now=NOON)

    resolve_comment(actor=officer, comment_id=Comment.objects.get().id, now=NOON)

    assert Comment.objects.get().resolved_at == NOON
    with pytest.raises(NotFound):
        resolve_comment(actor=officer, comment_id=new_id(), now=NOON)


def test_colleagues_see_who_is_looking(review, officer):
    look_at_review(actor=officer, review_id=review.id, now=NOON)

    review.refresh_from_db()
    assert review.looked_at_by_id == officer.id


def test_evidence_of_the_unreviewed_does_not_exist(officer):
    with pytest.raises(NotFound):
        ask_evidence(actor=officer, subject=Ref("campaign", new_id()), now=NOON)
