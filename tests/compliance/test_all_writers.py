"""Nobody judges her own text: no step by whoever wrote any of it, be it by plain SQL or in turn. F50, F43."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from compliance.models import Condition, Decision, Dismissal, Review
from compliance.queries import dismissals_on, finding_key
from compliance.risk import ONE_OFFICER
from compliance.usecases import decide_review, dismiss_finding, open_review, second_dismissal
from compliance.usecases.findings import AlreadyDismissed, DismissalLapsed
from compliance.usecases.reviews import FindingsStand
from kernel.actor import Ref
from kernel.ids import new_id
from kernel.lifecycle import IllegalTransition
from ledger.record import record
from tests.cast import NOON, ONE_DAY, make_staff
from tests.compliance.test_told import BLOCK
from tests.desk import signed_in
from tests.reviewing import ALL_AT_ONCE, signed, the_others_agree

KEY = finding_key(BLOCK)


@pytest.fixture
def second(at_bank):
    return make_staff("di.er", "legal", "compliance").actor


@pytest.fixture
def third(at_bank):
    return make_staff("di.san", "operations", "legal", "compliance").actor


@pytest.fixture
def subject():
    return Ref("campaign", new_id())


def submit(author, subject, mark="a", findings=(BLOCK,), **more):
    return open_review(
        actor=author,
        subject=subject,
        title="反诈小测验",
        fingerprint=mark * 64,
        content={"title": "反诈", "mark": mark},
        author_id=author.id,
        last_editor_id=author.id,
        findings=findings,
        stages=ALL_AT_ONCE if findings else ONE_OFFICER,
        now=NOON,
        **more,
    )


def edit(actor, subject):
    record("campaigns.edited", actor=actor, subject=subject, at=NOON, campaign_id=subject.id)


def set_aside(review, *, by, seconded_by):
    aside = dismiss_finding(actor=by, review_id=review.id, key=KEY, reason="引用", now=NOON)
    return second_dismissal(actor=seconded_by, review_id=review.id, dismissal_id=aside.id, now=NOON)


@pytest.mark.parametrize("turned", ["legal", "second"])
def test_a_dismissal_falls_when_one_of_the_two_turns_author(
    turned, marketer, officer, legal, second, third, subject
):
    """She would be judging her own text. Others may set the finding aside anew; both stay on record."""
    people = {"legal": legal, "second": second}
    set_aside(submit(marketer, subject), by=legal, seconded_by=second)
    edit(people.pop(turned), subject)
    review = submit(marketer, subject, "b")

    with pytest.raises(FindingsStand):
        decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    page = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()
    assert "这项处理已失效" in page

    set_aside(review, by=people.popitem()[1], seconded_by=third)
    the_others_agree(review)
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    assert Review.of(review.id).status == "approved"
    assert {one.finding_key for one in dismissals_on(subject).values()} == {KEY}
    assert len(dismissals_on(subject)) == 2


def test_a_lapsed_dismissal_cannot_be_confirmed(marketer, legal, second, subject):
    review = submit(marketer, subject)
    aside = dismiss_finding(actor=legal, review_id=review.id, key=KEY, reason="引用", now=NOON)
    with pytest.raises(AlreadyDismissed):
        dismiss_finding(actor=second, review_id=review.id, key=KEY, reason="引用", now=NOON)
    edit(legal, subject)

    with pytest.raises(DismissalLapsed):
        second_dismissal(actor=second, review_id=review.id, dismissal_id=aside.id, now=NOON)


def test_nothing_is_set_aside_in_a_review_that_has_ended(marketer, legal, second, subject):
    """Nor confirmed: what is said later is said of the review that is open then, with its own writers."""
    first = submit(marketer, subject)
    aside = dismiss_finding(actor=legal, review_id=first.id, key=KEY, reason="引用", now=NOON)
    review = submit(make_staff("ling.yi", "marketer").actor, subject, "b")

    with pytest.raises(IllegalTransition):
        second_dismissal(actor=second, review_id=first.id, dismissal_id=aside.id, now=NOON)
    second_dismissal(actor=second, review_id=review.id, dismissal_id=aside.id, now=NOON)
    assert set(dismissals_on(subject)) == {KEY}


def test_plain_sql_approves_nothing_over_a_finding_that_stands(marketer, officer, legal, second, subject):
    """Promise 2: the database reads the findings and the two names itself."""
    review = submit(marketer, subject)
    speak(review, officer)

    with pytest.raises(IntegrityError, match="findings stand"):
        approve(review)
    set_aside(review, by=legal, seconded_by=second)
    edit(second, subject)
    with pytest.raises(IntegrityError, match="findings stand"):
        approve(review)


def test_plain_sql_lets_no_editor_in_between_take_any_step(marketer, officer, legal, second, third, subject):
    """Decide, have somebody decide for her, set aside, confirm, record the filing number."""
    edit(second, subject)
    review = submit(marketer, subject)
    aside = dismiss_finding(actor=legal, review_id=review.id, key=KEY, reason="引用", now=NOON)

    with pytest.raises(IntegrityError, match="wrote of it"), transaction.atomic():
        speak(review, second)
    with pytest.raises(IntegrityError, match="wrote of it"), transaction.atomic():
        speak(review, officer, stands_in_for_id=second.id)
    with pytest.raises(IntegrityError, match="wrote of it"), transaction.atomic():
        Dismissal.objects.filter(id=aside.id).update(seconded_by_id=second.id, seconded_at=NOON)
    with pytest.raises(IntegrityError, match="wrote of it"), transaction.atomic():
        forge_dismissal(review, second)

    second_dismissal(actor=third, review_id=review.id, dismissal_id=aside.id, now=NOON)
    decide_review(actor=officer, review_id=review.id, verdict="approve", conditions={"filed": None}, now=NOON)
    for writer in (second, officer):
        with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
            Condition.objects.update(number="备2026-1", recorded_by_id=writer.id, recorded_at=NOON)
    assert Condition.objects.update(number="备2026-1", recorded_by_id=legal.id, recorded_at=NOON) == 1


def speak(review, actor, *, role="compliance", **more):
    return signed(
        Decision(
            review=review,
            author_id=review.author_id,
            last_editor_id=review.last_editor_id,
            reviewer_id=actor.id,
            role=role,
            stage=0,
            verdict="approve",
            at=NOON,
            **more,
        )
    )


def approve(review):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE compliance_review SET status = 'approved', certificate = 'HQ-X', decided_at = %s,"
            " expires_at = %s WHERE id = %s",
            [NOON, NOON + 30 * ONE_DAY, review.id],
        )


def forge_dismissal(review, actor):
    Dismissal.objects.create(
        subject_kind=review.subject_kind,
        subject_id=review.subject_id,
        finding_key=KEY,
        rule=BLOCK["rule"],
        path=BLOCK["path"],
        matched=BLOCK["matched"],
        severity="block",
        reason="引用",
        by_id=actor.id,
        at=NOON,
    )
