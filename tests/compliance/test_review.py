"""Promise 2: exactly one content, other eyes than the author's, and the database keeps it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from compliance.gate import NotApproved, require_approval
from compliance.models import Decision, Review
from compliance.queries import open_reviews_for
from compliance.risk import JOINT
from compliance.usecases import decide_review, lapse_reviews, open_review, withdraw_review
from compliance.usecases.reviews import AlreadyDecided, AlreadyInReview, NotYourTurn, OwnWork, ReasonsNeeded
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import Denied
from kernel.ids import new_id
from kernel.lifecycle import IllegalTransition
from kernel.scope import scope
from ledger.record import record
from tests.cast import NOON, make_staff


@pytest.fixture
def subject():
    return Ref("campaign", new_id())


def submit(author: Actor, subject: Ref, fingerprint: str = "a" * 64, **asked) -> Review:
    return open_review(
        actor=author,
        subject=subject,
        title="反诈小测验",
        fingerprint=fingerprint,
        content={"title": "反诈小测验"},
        author_id=author.id,
        last_editor_id=author.id,
        now=NOON,
        **asked,
    )


def approved(subject: Ref, fingerprint: str = "a" * 64) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT compliance_is_approved("
            "NULLIF(current_setting('hequ.institution', true), '')::uuid, %s, %s, %s)",
            [subject.kind, str(subject.id), fingerprint],
        )
        return cursor.fetchone()[0]


def test_an_officer_approves_exactly_one_content(marketer, officer, subject):
    """F50."""
    review = submit(marketer, subject)

    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)

    assert require_approval(subject=subject, fingerprint="a" * 64, now=NOON).certificate.startswith("HQ")
    assert approved(subject)
    assert not approved(subject, "b" * 64)
    with pytest.raises(NotApproved):
        require_approval(subject=subject, fingerprint="b" * 64, now=NOON)


def test_the_author_cannot_decide_even_holding_the_role(at_bank, subject):
    both = make_staff("both", "marketer", "compliance").actor
    review = submit(both, subject)

    with pytest.raises(OwnWork):
        decide_review(actor=both, review_id=review.id, verdict="approve", now=NOON)

    with pytest.raises(IntegrityError, match="decision_not_by_author"), transaction.atomic():
        Decision.objects.create(
            review=review,
            author_id=both.id,
            last_editor_id=both.id,
            reviewer_id=both.id,
            role="compliance",
            stage=0,
            verdict="approve",
            at=NOON,
        )


def test_the_database_refuses_a_decision_that_lies_about_the_author(marketer, officer, subject):
    review = submit(marketer, subject)

    with pytest.raises(IntegrityError, match="decision_names_the_authors"), transaction.atomic():  # noqa: PT012
        Decision.objects.create(
            review=review,
            author_id=new_id(),
            last_editor_id=new_id(),
            reviewer_id=officer.id,
            role="compliance",
            stage=0,
            verdict="approve",
            at=NOON,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_plain_sql_cannot_approve_without_the_decisions(marketer, officer, subject):
    review = submit(marketer, subject)

    with pytest.raises(IntegrityError, match="every decision"), transaction.atomic():
        Review.objects.filter(id=review.id).update(
            status="approved", certificate="HQ-FAKE", decided_at=NOON, expires_at=NOON + timedelta(days=9)
        )

    assert not approved(subject)


def test_plain_sql_cannot_move_an_approval_to_other_content(marketer, officer, subject):
    review = submit(marketer, subject)
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)

    with pytest.raises(ProgrammingError), transaction.atomic():
        Review.objects.filter(id=review.id).update(fingerprint="b" * 64)


def test_a_decision_is_never_changed(marketer, officer, subject):
    review = submit(marketer, subject)
    decide_review(actor=officer, review_id=review.id, verdict="return", reasons="利率口径不清", now=NOON)

    with pytest.raises(ProgrammingError), transaction.atomic():
        Decision.objects.filter(review=review).update(verdict="approve")
    with pytest.raises((AlreadyDecided, IllegalTransition)):
        decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)


def test_a_return_needs_reasons_and_ends_the_review(marketer, officer, subject):
    review = submit(marketer, subject)

    with pytest.raises(ReasonsNeeded):
        decide_review(actor=officer, review_id=review.id, verdict="return", reasons="  ", now=NOON)
    decide_review(actor=officer, review_id=review.id, verdict="return", reasons="第3题解析缺少法条", now=NOON)

    assert Review.of(review.id).status == "returned"


def test_joint_review_waits_for_every_role_of_every_stage(marketer, officer, subject):
    """W3: 创意–法务–运营, then 合规 and 消保."""
    review = submit(marketer, subject, stages=JOINT)
    people = [make_staff(role, role).actor for role in ("creative", "legal", "operations")]
    guardian = make_staff("xiaobao", "consumer_protection").actor

    with pytest.raises(NotYourTurn):
        decide_review(actor=guardian, review_id=review.id, verdict="approve", now=NOON)
    for person in people:
        assert not approved(subject)
        decide_review(actor=person, review_id=review.id, verdict="approve", now=NOON)
    assert Review.of(review.id).stage == 1
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    assert not approved(subject)
    decide_review(actor=guardian, review_id=review.id, verdict="approve", now=NOON)

    assert approved(subject)


def test_one_person_with_two_roles_counts_once(marketer, at_bank, subject):
    review = submit(marketer, subject, stages=({"creative": 1, "legal": 1}, {"compliance": 1}))
    both = make_staff("both", "creative", "legal").actor
    decide_review(actor=both, review_id=review.id, verdict="approve", now=NOON)

    with pytest.raises(AlreadyDecided):
        decide_review(actor=both, review_id=review.id, verdict="approve", now=NOON)

    assert Review.of(review.id).status == "open"


def test_a_newer_version_supersedes_the_open_review(marketer, officer, subject):
    first = submit(marketer, subject)
    with pytest.raises(AlreadyInReview):
        submit(marketer, subject)

    second = submit(marketer, subject, "b" * 64)

    assert Review.of(first.id).status == "withdrawn"
    assert [review.id for review in open_reviews_for(officer)] == [second.id]
    with pytest.raises(IllegalTransition):
        decide_review(actor=officer, review_id=first.id, verdict="approve", now=NOON)


def test_an_approval_lapses_on_its_date(marketer, officer, subject):
    review = submit(marketer, subject)
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    later = NOON + timedelta(days=181)

    assert lapse_reviews(actor=SYSTEM, now=later) == 1
    assert lapse_reviews(actor=SYSTEM, now=later) == 0

    with pytest.raises(NotApproved):
        require_approval(subject=subject, fingerprint="a" * 64, now=later)


def test_a_marketer_cannot_decide_and_an_officer_cannot_submit(marketer, officer, subject):
    review = submit(marketer, subject)

    with pytest.raises(Denied):
        decide_review(
            actor=make_staff("m2", "marketer").actor, review_id=review.id, verdict="approve", now=NOON
        )
    with pytest.raises(Denied):
        submit(officer, Ref("campaign", new_id()))


def test_an_outsider_finds_no_review(marketer, outsider, insurer, subject):
    review = submit(marketer, subject)

    with scope(insurer.id), pytest.raises(Review.DoesNotExist):
        decide_review(actor=outsider, review_id=review.id, verdict="approve", now=NOON)


def test_withdrawing_ends_an_open_review(marketer, subject):
    review = submit(marketer, subject)

    withdraw_review(actor=marketer, subject=subject, now=NOON)

    assert Review.of(review.id).status == "withdrawn"


def test_whoever_once_edited_the_content_cannot_decide_on_it(marketer, at_bank, subject):
    """W3: four eyes, also for the colleague who edited before the last one."""
    both = make_staff("both", "marketer", "compliance").actor
    record("campaigns.edited", actor=both, subject=subject, at=NOON, campaign_id=subject.id)
    review = submit(marketer, subject)

    with pytest.raises(OwnWork):
        decide_review(actor=both, review_id=review.id, verdict="approve", now=NOON)
