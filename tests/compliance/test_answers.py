"""Every warning is answered before an approval, by people who wrote none of it. F50, W3."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from compliance.models import Dismissal, Review
from compliance.queries import finding_key, standing_findings
from compliance.risk import ONE_OFFICER
from compliance.settled_sql import PROMISES, TWO
from compliance.settling import PRESSING
from compliance.settling import PROMISES as PROMISED
from compliance.usecases import decide_review, dismiss_finding, open_review, second_dismissal
from compliance.usecases.findings import PostNeeded
from compliance.usecases.reviews import FindingsStand
from kernel.actor import Ref
from kernel.ids import new_id
from tests.cast import NOON, make_staff
from tests.compliance.test_all_writers import approve, speak
from tests.compliance.test_told import BLOCK
from tests.desk import signed_in
from tests.reviewing import ALL_AT_ONCE, the_others_agree


def finding(matched, category, severity="warn", path="promise"):
    return {
        **BLOCK,
        "rule": matched,
        "matched": matched,
        "category": category,
        "severity": severity,
        "path": path,
    }


BOAST = finding("业内领先", "absolute_term")
HURRY = finding("限时抢购", "urgency_pressure")
SCARCE = finding("仅剩3个名额", "urgency_pressure", path="title")


@pytest.fixture
def subject():
    return Ref("campaign", new_id())


def submit(author, subject, *findings, mark="a", promise="限时抢购"):
    return open_review(
        actor=author,
        subject=subject,
        title="反诈小测验",
        fingerprint=mark * 64,
        content={"title": "仅剩3个名额", "promise": promise, "mark": mark},
        author_id=author.id,
        last_editor_id=author.id,
        findings=findings,
        stages=[{**ALL_AT_ONCE[0], "compliance": 2}] if BLOCK in findings else ONE_OFFICER,
        now=NOON,
    )


def say_yes(officer, review):
    return decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON).status


def keep(actor, review, one, **more):
    return dismiss_finding(
        actor=actor, review_id=review.id, key=finding_key(one), reason="名额是真的", now=NOON, **more
    )


def test_nobody_approves_over_a_warning_without_a_word(marketer, officer, subject):
    """The refusal names what waits; one reviewer's reason answers a plain warning."""
    review = submit(marketer, subject, BOAST)

    with pytest.raises(FindingsStand) as refusal:
        say_yes(officer, review)
    assert "业内领先" in refusal.value.message("zh")
    assert "业内领先" in refusal.value.message("en")

    keep(officer, review, BOAST)
    assert say_yes(officer, review) == "approved"


def test_an_answer_to_one_sentence_answers_no_other(marketer, officer):
    """W3: what was said of a warning against boasting does not let the boast through."""
    subject = Ref("leaflet", new_id())
    warned = submit(marketer, subject, BOAST, promise="业内领先是骗子爱说的话。欢迎来听")
    keep(officer, warned, BOAST)
    elsewhere = submit(marketer, subject, BOAST, mark="b", promise="业内领先是骗子爱说的话。欢迎参加")
    assert not standing_findings(elsewhere)

    boasting = submit(marketer, subject, BOAST, mark="c", promise="业内领先,放心选我们。欢迎参加")

    assert [one["matched"] for one in standing_findings(boasting)] == ["业内领先"]
    with pytest.raises(FindingsStand):
        say_yes(officer, boasting)
    with pytest.raises(IntegrityError, match="findings stand"), transaction.atomic():
        Review.objects.filter(id=boasting.id).update(status="approved")


def test_pressing_words_take_a_second_person(marketer, officer, legal, subject):
    review = submit(marketer, subject, HURRY)
    aside = keep(officer, review, HURRY)

    with pytest.raises(FindingsStand):
        say_yes(officer, review)
    second_dismissal(actor=legal, review_id=review.id, dismissal_id=aside.id, now=NOON)

    assert say_yes(officer, review) == "approved"


def test_one_reason_covers_what_is_alike_and_so_does_one_confirmation(marketer, officer, legal, subject):
    review = submit(marketer, subject, HURRY, BOAST, SCARCE)
    page = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()
    assert "另 1 条" in page

    first = keep(officer, review, HURRY, alike=True)
    assert {one.matched for one in Dismissal.objects.all()} == {"限时抢购", "仅剩3个名额"}
    second_dismissal(actor=legal, review_id=review.id, dismissal_id=first.id, alike=True, now=NOON)
    keep(officer, review, BOAST)

    assert say_yes(officer, review) == "approved"


def test_what_was_answered_stays_answered_in_the_next_version(marketer, officer, subject):
    keep(officer, submit(marketer, subject, BOAST), BOAST)

    assert say_yes(officer, submit(marketer, subject, BOAST, mark="b")) == "approved"


def test_a_block_takes_compliance_and_a_promise_takes_law_as_well(marketer, officer, legal, subject):
    boast = finding("国家级", "absolute_term", "block")
    review = submit(marketer, subject, boast, BLOCK)
    creative, operations = (make_staff(role, role).actor for role in ("creative", "operations"))

    with pytest.raises(PostNeeded):
        keep(creative, review, BLOCK)
    aside, promise = keep(creative, review, boast), keep(officer, review, BLOCK)
    for wrong, what in ((operations, aside), (operations, promise)):
        with pytest.raises(PostNeeded):
            second_dismissal(actor=wrong, review_id=review.id, dismissal_id=what.id, now=NOON)
    second_dismissal(actor=officer, review_id=review.id, dismissal_id=aside.id, now=NOON)
    second_dismissal(actor=legal, review_id=review.id, dismissal_id=promise.id, now=NOON)

    the_others_agree(review)
    assert say_yes(make_staff("fu.he", "compliance").actor, review) == "open"
    assert say_yes(officer, review) == "approved"


def test_the_database_compares_the_same(marketer, officer, legal, subject):
    """Promise 2: by plain SQL no approval over a warning, nor over pressure one person let pass."""
    review = submit(marketer, subject, HURRY)
    speak(review, officer)

    with pytest.raises(IntegrityError, match="findings stand"), transaction.atomic():
        approve(review)
    aside = keep(officer, review, HURRY)
    with pytest.raises(IntegrityError, match="findings stand"), transaction.atomic():
        approve(review)
    second_dismissal(actor=legal, review_id=review.id, dismissal_id=aside.id, now=NOON)
    approve(review)

    assert Review.of(review.id).status == "approved"
    assert (set(PROMISES), set(TWO)) == (PROMISED, PRESSING | PROMISED)
