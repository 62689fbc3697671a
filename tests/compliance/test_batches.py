"""Questions sent together are read on one page; each is decided by itself, by a row of its own. F9, F71."""

import pytest
from django.urls import reverse

from campaigns.usecases.questions import write_question
from compliance.models import Decision, Review
from compliance.usecases import approve_plain_reviews, reviews
from compliance.usecases.leaning import LeansOnWithdrawn
from kernel.errors import BadRequest
from kernel.ids import new_id
from ledger.record import record
from tests.campaigns.test_question_library import a_question
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.reviewing import scanned

TEXTS = ("陌生来电要您转账,您应当?", "收到中奖短信要您点链接,您应当?", "有人要您共享屏幕,您应当?")


@pytest.fixture
def batch(marketer):
    """Three questions, ticked and sent together; the last one holds something to weigh."""
    texts = {text: text for text in TEXTS}
    written = [write_question(actor=marketer, written=a_question(text=text), now=NOON) for text in texts]
    signed_in(marketer).post(reverse("questions:submit_many"), {"question": [one.id for one in written]})
    return Review.objects.order_by("submitted_at", "id").first().batch_id


def reviews_of(batch):
    return list(Review.objects.filter(batch_id=batch).order_by("submitted_at", "id"))


def approve_all(actor, batch):
    ids = [one.id for one in reviews_of(batch)]
    return approve_plain_reviews(actor=actor, batch_id=batch, review_ids=ids, now=NOON)


def test_what_was_ticked_together_is_one_batch_of_reviews_of_their_own(batch):
    assert [one.status for one in reviews_of(batch)] == ["open"] * 3
    assert batch is not None


def test_the_plain_ones_are_approved_together_each_by_a_decision_and_a_certificate_of_its_own(batch, officer):
    assert len(approve_all(officer, batch)) == 3

    assert Decision.objects.filter(reviewer_id=officer.id, verdict="approve").count() == 3
    assert len({one.certificate for one in reviews_of(batch)} - {None}) == 3


@pytest.mark.parametrize(
    "weighty",
    [
        {"findings": [{"severity": "info", "rule": "x", "path": "text", "matched": "转"}]},
        {"risk": 35},
        {"stages": [{"compliance": 2}]},
        {"stages": [{"compliance": 1}, {"legal": 1}]},
        {"stages": [{"legal": 1, "compliance": 1}]},
    ],
)
def test_what_holds_something_to_weigh_is_left_to_be_read(batch, officer, weighty):
    """A hint, a risk, a second post: never approved in passing."""
    first = reviews_of(batch)[0]
    plain = {
        field: getattr(first, field) for field in ("title", "content", "pack_hash", "author", "last_editor")
    }
    heavy = scanned(
        Review(
            **{"stages": [{"compliance": 1}], "risk": 5, **plain, **weighty},
            subject_kind="question",
            subject_id=new_id(),
            fingerprint="f" * 64,
            submitted_at=NOON,
            stage_entered_at=NOON,
            due_at=NOON,
            batch_id=batch,
        )
    )
    heavy.save(force_insert=True)

    assert heavy.id not in approve_all(officer, batch)
    assert Review.of(heavy.id).status == "open"


def test_nobody_approves_her_own_nor_what_another_batch_holds_nor_more_than_fifty(batch, officer):
    both = make_staff("both", "marketer", "compliance").actor
    subject = reviews_of(batch)[0].subject
    record("questions.edited", actor=both, subject=subject, at=NOON)

    assert len(approve_all(both, batch)) == 2
    ids = [one.id for one in reviews_of(batch)]
    assert approve_plain_reviews(actor=officer, batch_id=new_id(), review_ids=ids, now=NOON) == []
    with pytest.raises(BadRequest):
        approve_plain_reviews(actor=officer, batch_id=batch, review_ids=[new_id()] * 51, now=NOON)


def test_one_is_returned_from_the_page_and_the_others_wait(batch, officer, django_assert_max_num_queries):
    desk, first = signed_in(officer), reviews_of(batch)[0]
    address = reverse("compliance:batch", args=[batch])
    with django_assert_max_num_queries(25):
        page = desk.get(address).content.decode()
    assert page.count("data-line") == 3
    assert "通过全部无提示的题（3）" in page

    back = desk.post(
        reverse("compliance:decide", args=[first.id]),
        {"verdict": "return", "reasons": "选项请再核对", "from": "batch"},
    )

    assert back["Location"] == f"{address}#review-{first.id}"
    assert [one.status for one in reviews_of(batch)] == ["returned", "open", "open"]
    phone = desk.get(reverse("compliance:phone", args=[first.id]) + "?screen=wrong")
    assert phone["Location"].endswith("/preview/?screen=wrong")


def test_for_another_institution_there_is_no_such_batch(batch, officer, outsider):
    address = reverse("compliance:batch", args=[batch])

    assert signed_in(officer).get(address).status_code == 200
    assert signed_in(outsider).get(address).status_code == 404


def test_whoever_may_not_decide_reads_the_batch_without_a_button(batch, auditor):
    page = signed_in(auditor).get(reverse("compliance:batch", args=[batch]))

    assert page.status_code == 200
    assert 'value="approve"' not in page.content.decode()
    assert 'data-key="y"' not in page.content.decode()


def test_a_question_that_is_refused_is_left_and_takes_no_other_with_it(batch, officer, monkeypatch):
    """F9: what the last of them leans on was withdrawn a moment ago."""
    *fine, last = sorted(one.id for one in reviews_of(batch))

    def refuse(review):
        if review.id == last:
            raise LeansOnWithdrawn

    monkeypatch.setattr(reviews, "refuse_leaning", refuse)

    decided = approve_all(officer, batch)

    assert decided == fine
    assert sorted(Decision.objects.values_list("review_id", flat=True)) == fine
    assert Review.objects.get(id=last).status == "open"
