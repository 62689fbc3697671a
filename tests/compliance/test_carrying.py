"""Only what changed is decided again; the rest stands on opinions that were really given. F71, W3."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from compliance.models import ArticleVersion, Condition, Decision, Recheck, Review
from compliance.queries import carried_on, missing_roles
from compliance.queue import open_reviews_for
from compliance.risk import JOINT, ONE_OFFICER
from compliance.usecases import decide_review, open_review
from compliance.usecases.reviews import NotYourTurn
from kernel.actor import Ref
from kernel.ids import new_id
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.models import Staff, StaffNotice
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in
from tests.evidence import taken
from tests.reviewing import signed


def in_days(days):
    """As a campaign's period is written."""
    return (local_day(NOON) + timedelta(days=days)).isoformat()


CONTENT = {
    "title": "反诈小测验",
    "promise": "三分钟学会识别骗局",
    "starts_on": in_days(1),
    "ends_on": in_days(30),
    "channels": [{"kind": "official_account", "name": "公众号"}],
    "disclaimers": ["education"],
    "rules": [],
}
LATER = NOON + ONE_DAY


@pytest.fixture
def posts(at_bank):
    """One colleague a post."""
    asked = ("creative", "legal", "operations", "consumer_protection", "compliance")
    return {role: make_staff(f"p.{role}", role, display_name=role).actor for role in asked}


@pytest.fixture
def subject():
    return Ref("campaign", new_id())


def submit(author, subject, content, mark, *, now=LATER, stages=JOINT, **more):
    return open_review(
        actor=author,
        subject=subject,
        title="活动",
        fingerprint=mark * 64,
        content=content,
        author_id=author.id,
        last_editor_id=author.id,
        stages=stages,
        now=now,
        **more,
    )


def approve(review, posts, *, now=LATER):
    for stage in review.stages:
        for role in stage:
            if role in missing_roles(Review.of(review.id)):
                decide_review(actor=posts[role], review_id=review.id, verdict="approve", now=now)
    return Review.of(review.id)


@pytest.fixture
def approved(marketer, posts, subject):
    return approve(submit(marketer, subject, CONTENT, "a", now=NOON), posts, now=NOON)


def holds(review):
    with connection.cursor() as cursor:
        cursor.execute("SELECT compliance_is_complete(%s)", [review.id])
        return cursor.fetchone()[0]


def test_a_new_period_asks_operations_only_and_the_others_stand_by_name(approved, marketer, posts, subject):
    """F71."""
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")

    assert {one.role: one.reviewer.display_name for one in carried_on(review)} == {
        "creative": "creative",
        "legal": "legal",
        "consumer_protection": "consumer_protection",
    }
    assert missing_roles(review) == {"operations": 1}
    assert not holds(review)
    assert not open_reviews_for(posts["legal"])
    told = StaffNotice.objects.filter(kind="review.asked", subject_id=review.id)
    assert {notice.recipient_id for notice in told} == {posts["operations"].id}
    decide_review(actor=posts["operations"], review_id=review.id, verdict="approve", now=LATER)
    assert missing_roles(Review.of(review.id)) == {"compliance": 1}
    decide_review(actor=posts["compliance"], review_id=review.id, verdict="approve", now=LATER)

    done = Review.of(review.id)
    assert (done.status, holds(done)) == ("approved", True)
    assert done.expires_at == approved.expires_at


def test_what_was_carried_once_may_be_carried_on_as_long_as_the_first_approval_lasts(
    approved, marketer, posts, subject
):
    second = approve(submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b"), posts)

    third = submit(marketer, subject, {**CONTENT, "ends_on": in_days(50)}, "c")

    legal = next(one for one in carried_on(third) if one.role == "legal")
    assert (legal.decision.review_id, legal.previous_id) == (approved.id, second.id)
    assert approve(third, posts).expires_at == approved.expires_at


def test_new_words_are_asked_of_creative_and_law(approved, marketer, subject):
    review = submit(marketer, subject, {**CONTENT, "title": "防骗小课堂"}, "b")

    assert missing_roles(review) == {"creative": 1, "legal": 1}
    assert {"creative", "legal", "compliance"} == set(review.asked_again)


def test_a_field_nobody_has_placed_is_everyones(approved, marketer, subject):
    review = submit(marketer, subject, {**CONTENT, "surprise": "?"}, "b")

    assert (carried_on(review), review.asked_because) == ([], "everyone")


def test_the_officer_answers_for_the_whole_and_is_never_carried(approved, marketer, posts, subject):
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")

    decide_review(actor=posts["operations"], review_id=review.id, verdict="approve", now=LATER)
    assert missing_roles(Review.of(review.id)) == {"compliance": 1}


NEW_TERM = {"severity": "warn", "rule": "r", "path": "promise", "matched": "学会", "article": "AD-9"}


@pytest.mark.parametrize(
    ("because", "asked"),
    [
        ("same", {"content": CONTENT}),
        ("risk", {"stages": ({**JOINT[0], "legal": 2}, JOINT[1])}),
        ("risk", {"stages": (*JOINT, {"compliance": 1})}),
        ("findings", {"findings": [NEW_TERM]}),
        ("findings", {"findings": [{**NEW_TERM, "severity": "block"}]}),
        ("lapsed", {"now": NOON + timedelta(days=181)}),
        ("ending", {"now": NOON + timedelta(days=160)}),
    ],
)
def test_what_speaks_against_carrying_asks_everyone(approved, marketer, subject, because, asked):
    content = {**CONTENT, "ends_on": in_days(45)}

    review = submit(marketer, subject, **{"content": content, "mark": "b", **asked})

    assert (carried_on(review), review.asked_because) == ([], because)


def test_a_pending_recheck_of_the_old_approval_asks_everyone(approved, marketer, subject, law):
    Recheck.objects.create(review=approved, article=law.article, version=law, due_at=LATER, raised_at=NOON)

    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")

    assert review.asked_because == "recheck"


@pytest.fixture
def law(db):
    return ArticleVersion.objects.order_by("id").first()


def test_who_wrote_of_it_left_or_lost_the_post_is_not_carried(approved, marketer, posts, subject):
    """W3: four eyes hold for carried opinions too."""
    record("campaigns.edited", actor=posts["legal"], subject=subject, at=NOON, campaign_id=subject.id)
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    assert missing_roles(review) == {"operations": 1, "legal": 1}

    Staff.objects.filter(id=posts["creative"].id).update(is_active=False)

    assert missing_roles(review) == {"operations": 1, "legal": 1, "creative": 1}


def test_an_opinion_given_on_an_unmet_condition_is_not_carried(marketer, posts, subject):
    first = submit(marketer, subject, CONTENT, "a", now=NOON)
    decide_review(
        actor=posts["legal"],
        review_id=first.id,
        verdict="approve",
        conditions={"not_before": (NOON + 9 * ONE_DAY).date()},
        now=NOON,
    )
    approve(first, posts, now=NOON)

    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")

    assert Condition.objects.get().met_at is None
    assert missing_roles(review) == {"operations": 1, "legal": 1}


@pytest.mark.parametrize("watched", ["clean_scan", "service_on_offer"])
def test_an_opinion_on_a_condition_that_is_watched_on_stays_with_its_review(
    approved, marketer, posts, subject, watched
):
    """The new review has no such condition: carried, the opinion would stand without it."""
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    legal = Decision.objects.get(review=approved, role="legal")
    Condition.objects.create(review=approved, decision=legal, kind=watched, met_at=NOON)

    assert missing_roles(review) == {"operations": 1, "legal": 1}
    again = submit(marketer, subject, {**CONTENT, "ends_on": in_days(46)}, "c")
    assert "legal" not in {one.role for one in carried_on(again)}


def test_a_newer_wording_of_the_law_ends_carrying_before_any_sweep_has_seen_it(
    committed_db, marketer, posts, subject
):
    """S6: what leans on the old wording stands for nothing, be it in an open review or in the next."""
    cites = {**CONTENT, "settings": {"questions": [{"text": "?", "article": "AF-30"}]}}
    approve(submit(marketer, subject, cites, "a", now=NOON), posts, now=NOON)
    waiting = submit(marketer, subject, {**cites, "ends_on": in_days(45)}, "b")
    assert missing_roles(waiting) == {"operations": 1}

    ArticleVersion.objects.using("owner").create(
        article_id="AF-30", number=2, requirement="新", fingerprint="b" * 64, published_at=NOON
    )

    assert set(missing_roles(waiting)) == {"creative", "legal", "operations"}
    fresh = submit(marketer, subject, {**cites, "ends_on": in_days(46)}, "c")
    assert (carried_on(fresh), fresh.asked_because) == ([], "recheck")


def test_a_seat_that_has_run_out_is_asked_anew_and_carries_nothing(approved, marketer, posts, subject):
    Staff.objects.filter(id=posts["legal"].id).update(access_until=NOON)

    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")

    assert missing_roles(review) == {"operations": 1, "legal": 1}


def test_the_carried_may_still_object_but_not_speak_twice(approved, marketer, posts, subject):
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")

    with pytest.raises(NotYourTurn):
        decide_review(actor=posts["legal"], review_id=review.id, verdict="approve", now=LATER)
    decide_review(
        actor=posts["legal"], review_id=review.id, verdict="return", reasons="跨年需说明", now=LATER
    )

    assert Review.of(review.id).status == "returned"


def test_when_the_old_approval_falls_its_opinions_fall_with_it(approved, marketer, posts, subject):
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    Review.objects.filter(id=approved.id).update(status="revoked")

    decide_review(actor=posts["operations"], review_id=review.id, verdict="approve", now=LATER)

    assert Review.of(review.id).status == "open"
    assert set(missing_roles(review)) == {"creative", "legal"}


def test_the_desk_folds_what_nobody_touched_and_names_who_stands_for_it(
    approved, marketer, posts, subject, officer
):
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    address = reverse("compliance:review", args=[review.id])

    asked = signed_in(posts["operations"]).get(address).content.decode()
    stands = signed_in(posts["legal"]).get(address).content.decode()

    assert "未改动 · 沿用上次结论" in asked
    assert asked.count("section--changed") == 1
    assert "legal 的意见" in asked
    assert "data-decide" in asked
    assert "data-decide" not in stands
    assert "对沿用有异议" in stands


def test_nothing_is_folded_for_whoever_is_asked_in_the_place_of_somebody_who_left(
    approved, marketer, posts, subject
):
    """Nobody's conclusion stands for her post: she reads everything, whenever the other left."""
    fresh = make_staff("xin.ren", "legal").actor

    def page(review):
        return signed_in(fresh).get(reverse("compliance:review", args=[review.id])).content.decode()

    waiting = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    Staff.objects.filter(id=posts["legal"].id).update(is_active=False)
    left_after = page(waiting)
    Staff.objects.filter(id__in=[posts["creative"].id, posts["consumer_protection"].id]).update(
        is_active=False
    )
    left_before = page(submit(marketer, subject, {**CONTENT, "ends_on": in_days(46)}, "c"))

    for shown in (left_after, left_before):
        assert "data-decide" in shown
        assert "未改动 · 沿用上次结论" not in shown
        assert "只需审改动的部分" not in shown
    assert "上次的审核人不再适合沿用" in left_before


def test_a_single_officer_too_reads_only_what_changed(marketer, officer, subject):
    approve(submit(marketer, subject, CONTENT, "a", stages=ONE_OFFICER), {"compliance": officer})
    review = submit(marketer, subject, {**CONTENT, "title": "防骗小课堂"}, "b", stages=ONE_OFFICER)

    page = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()

    assert missing_roles(review) == {"compliance": 1}
    assert "只需审改动的部分" in page
    assert page.count("section--changed") == 1


def test_the_evidence_names_the_opinions_that_were_carried(approved, marketer, posts, subject, officer):
    """F51."""
    review = approve(submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b"), posts)

    package = taken(officer, review)

    opinions = json.loads(package.read("reviews/002/carried.json"))
    assert [(one["role"], one["given_in"]) for one in opinions] == [
        ("creative", approved.certificate),
        ("legal", approved.certificate),
        ("consumer_protection", approved.certificate),
    ]


def forge(review, approved, post, **lies):
    """One row by plain SQL, as the runtime role."""
    decision = Decision.objects.get(review=approved, role=post)
    row = {
        "id": new_id(),
        "institution_id": review.institution_id,
        "review_id": review.id,
        "previous_id": approved.id,
        "decision_id": decision.id,
        "reviewer_id": decision.reviewer_id,
        "role": post,
        "stage": 0,
        "at": LATER,
        **lies,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO compliance_carried ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


def test_plain_sql_forges_no_opinion(approved, marketer, posts, officer, subject):
    """Promise 2: whoever holds the application's database password cannot add an opinion to a review that is
    open, nor say in whose name or where. Which posts a change concerns is said when the review is opened.
    """
    record("campaigns.edited", actor=posts["legal"], subject=subject, at=NOON, campaign_id=subject.id)
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    other = submit(marketer, Ref("campaign", new_id()), CONTENT, "c")
    bystander = make_staff("pang.guan", "legal").actor

    for target, post, lies in [
        (review, "operations", {}),  # what changed concerns this post
        (review, "legal", {"reviewer_id": bystander.id}),  # a colleague who never said so
        (review, "legal", {"role": "compliance"}),  # in another post
        (review, "legal", {"stage": 1}),  # where nobody asked
        (review, "legal", {"previous_id": other.id}),  # from another review
        (other, "legal", {}),  # for another subject
        (approved, "legal", {"previous_id": review.id}),  # for a review that is decided
    ]:
        with pytest.raises(IntegrityError, match="no such opinion"):
            forge(target, approved, post, **lies)

    assert set(missing_roles(review)) == {"operations", "legal"}
    with pytest.raises(IntegrityError, match="every decision"), transaction.atomic():
        Review.objects.filter(id=review.id).update(
            status="approved", certificate="HQ-X", decided_at=LATER, expires_at=approved.expires_at
        )


def test_no_approval_outlives_an_opinion_it_carries(approved, marketer, posts, subject):
    review = submit(marketer, subject, {**CONTENT, "ends_on": in_days(45)}, "b")
    signed(
        Decision(
            review=review,
            author_id=marketer.id,
            last_editor_id=marketer.id,
            reviewer_id=posts["operations"].id,
            role="operations",
            stage=0,
            verdict="approve",
            at=LATER,
        )
    )

    with pytest.raises(IntegrityError, match="outlives"), transaction.atomic():
        Review.objects.filter(id=review.id).update(
            status="approved", certificate="HQ-X", decided_at=LATER, expires_at=approved.expires_at + ONE_DAY
        )
