"""A queue of a thousand is one page with a handful of questions, and holds only what one may decide."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.models import Review
from compliance.queue import open_reviews_for
from compliance.risk import JOINT, ONE_OFFICER
from compliance.usecases import decide_review, nudge_reviewers, put_back_reviews, take_reviews
from compliance.usecases.queueing import AT_ONCE
from compliance.workload import workload
from kernel.errors import BadRequest
from kernel.fingerprint import fingerprint
from kernel.ids import new_id
from ledger.record import record
from tenancy.models import StaffNotice
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in
from tests.reviewing import scanned

WARNING = {
    "rule": "r",
    "category": "superlative",
    "severity": "warn",
    "path": "title",
    "start": 0,
    "end": 2,
    "matched": "活动",
    "article": "AD-9-3",
    "why": "",
    "suggestion": "",
}
WEIGHT = {"title": "活动", "rules": ["很长的规则" * 40] * 20}


def lay(count, author, *, stages=ONE_OFFICER, **more):
    """Reviews by the hundred, straight into the table."""
    return Review.objects.bulk_create(
        scanned(
            Review(
                subject_kind="campaign",
                subject_id=new_id(),
                title=f"活动{number}",
                fingerprint=fingerprint(number),
                content=WEIGHT,
                findings=[WARNING],
                pack_hash="",
                stages=list(stages),
                author_id=author.id,
                last_editor_id=author.id,
                submitted_at=NOON,
                stage_entered_at=NOON,
                due_at=NOON + timedelta(days=1, minutes=number),
                **more,
            )
        )
        for number in range(count)
    )


@pytest.mark.parametrize("tab", ["mine", "open"])
def test_a_thousand_reviews_take_no_more_questions_than_ten(marketer, officer, tab):
    """Issue 3: the queue opens in one page with bounded queries, and no content is loaded for it."""
    browser, asked = signed_in(officer), []

    for count in (10, 990):
        lay(count, marketer)
        with CaptureQueriesContext(connection) as told:
            page = browser.get(reverse("compliance:reviews"), {"tab": tab})
        asked.append(told.captured_queries)

    assert page.context["page"].paginator.count == 1000
    assert len(page.context["lines"]) == AT_ONCE
    assert len(asked[0]) == len(asked[1]) <= 20
    assert not any('"compliance_review"."content"' in query["sql"] for query in asked[1])
    assert all({"content", "findings"} <= line.review.get_deferred_fields() for line in page.context["lines"])


def test_a_review_opens_without_the_queue_behind_it(marketer, officer):
    first, *_rest = lay(300, marketer)
    browser = signed_in(officer)

    with CaptureQueriesContext(connection) as told:
        page = browser.get(reverse("compliance:review", args=[first.id]))

    assert page.context["waiting"] == 299
    heavy = [query for query in told.captured_queries if '"compliance_review"."content"' in query["sql"]]
    assert len(heavy) == 2, "its own, and what was sent before it"


def test_what_i_once_edited_does_not_wait_for_me(marketer, at_bank):
    """W3: four eyes; the queue never offers what the desk would refuse."""
    both = make_staff("both", "marketer", "compliance").actor
    edited, other = lay(2, marketer)
    record("campaigns.edited", actor=both, subject=edited.subject, at=NOON, campaign_id=edited.subject_id)

    with CaptureQueriesContext(connection) as told:
        waiting = list(open_reviews_for(both))

    assert waiting == [other]
    assert len(told.captured_queries) == 1


def test_the_queue_is_found_by_words_risk_author_and_lateness(marketer, officer):
    other = make_staff("other", "marketer").actor
    lay(3, marketer, risk=70)
    (theirs,) = lay(1, other, risk=10)
    Review.objects.filter(id=theirs.id).update(due_at=NOON - ONE_DAY)
    browser = signed_in(officer)

    def titles(**asked):
        page = browser.get(reverse("compliance:reviews"), {"tab": "open", **asked})
        return [line.review.id for line in page.context["lines"]]

    assert len(titles(q="活动2")) == 1
    assert len(titles(risk="high")) == 3
    assert titles(risk="low") == titles(author=str(other.id)) == titles(late="1") == [theirs.id]
    assert len(titles(risk="?", author="?", page="x")) == 4
    assert titles(q="没有这个") == []


def test_two_colleagues_do_not_take_the_same_and_a_day_later_it_is_free(marketer, officer):
    reviews = lay(3, marketer)
    second = make_staff("second", "compliance").actor
    ids = [review.id for review in reviews]

    assert take_reviews(actor=officer, review_ids=ids[:2], now=NOON) == 2
    assert take_reviews(actor=second, review_ids=ids, now=NOON) == 1
    assert put_back_reviews(actor=second, review_ids=ids, now=NOON) == 1
    assert take_reviews(actor=second, review_ids=ids, now=NOON + ONE_DAY) == 3

    with pytest.raises(BadRequest):
        take_reviews(actor=officer, review_ids=[new_id()] * (AT_ONCE + 1), now=NOON)


def test_nobody_takes_what_is_not_asked_of_them(marketer, legal):
    reviews = lay(2, marketer)

    assert take_reviews(actor=legal, review_ids=[review.id for review in reviews], now=NOON) == 0


def test_haste_is_asked_of_those_who_are_missing_once_in_four_hours(marketer, officer, legal):
    (review,) = lay(1, marketer, stages=JOINT)
    browser = signed_in(officer)

    browser.post(reverse("compliance:nudge"), {"review": [str(review.id), "x"], "tab": "open"})

    told = StaffNotice.objects.filter(kind="review.nudged")
    assert {notice.recipient_id for notice in told} == {legal.id}
    review.refresh_from_db()
    assert nudge_reviewers(actor=officer, review_ids=[review.id], now=review.nudged_at + ONE_DAY / 12) == 0
    assert nudge_reviewers(actor=officer, review_ids=[review.id], now=review.nudged_at + ONE_DAY) == 1


def test_the_load_is_told_by_post_and_by_hand(marketer, officer, django_assert_num_queries):
    """Issue 3: who has how much to review, and what is late."""
    simple, joint = lay(4, marketer), lay(2, marketer, stages=JOINT)
    decide_review(actor=officer, review_id=simple[3].id, verdict="return", reasons="标题", now=NOON)
    Review.objects.filter(id__in=[simple[0].id, joint[0].id]).update(due_at=NOON - ONE_DAY)
    take_reviews(actor=officer, review_ids=[simple[0].id, simple[1].id], now=NOON)

    with django_assert_num_queries(3):
        load = workload(now=NOON)

    posts = {post.role: (post.people, post.waiting, post.late) for post in load.posts}
    assert posts["compliance"] == (1, 3, 1)
    assert posts["legal"] == (0, 2, 1)
    assert posts["consumer_protection"] == (0, 0, 0)
    assert [(hand.name, hand.taken, hand.late) for hand in load.hands] == [("周衡", 2, 1)]
    assert "无人在岗" in signed_in(officer).get(reverse("compliance:figures")).content.decode()
