"""The review desk as people use it. F50, F51, W3."""

import pytest
from django.urls import reverse

from compliance.models import Comment, Dismissal, Review
from compliance.usecases import open_review
from kernel.actor import Ref
from kernel.ids import new_id
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.reviewing import ALL_AT_ONCE, the_others_agree

FINDING = {
    "rule": "PP-01",
    "category": "principal_protection",
    "severity": "block",
    "path": "title",
    "start": 0,
    "end": 4,
    "matched": "本金安全",
    "article": "AD-25-1",
    "why": "明示保本",
    "suggestion": "删除",
    "penalty": "",
    "replacement": None,
}


@pytest.fixture
def review(marketer):
    return open_review(
        actor=marketer,
        subject=Ref("campaign", new_id()),
        title="反诈小测验",
        fingerprint="a" * 64,
        content={"title": "本金安全的理财课", "promise": "学会识别骗局"},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        now=NOON,
    )


def address(name, review, **more):
    return reverse(f"compliance:{name}", kwargs={"review_id": review.id, **more})


def test_the_queue_shows_what_waits_for_me(review, officer):
    page = signed_in(officer).get(reverse("compliance:reviews"))

    assert page.status_code == 200
    assert "反诈小测验" in page.content.decode()


def test_an_officer_approves_from_the_page(review, officer):
    browser = signed_in(officer)

    assert browser.get(address("review", review)).status_code == 200
    browser.post(address("decide", review), {"verdict": "approve"})

    review.refresh_from_db()
    assert review.status == "approved"


def test_a_return_without_reasons_changes_nothing(review, officer):
    signed_in(officer).post(address("decide", review), {"verdict": "return"})

    review.refresh_from_db()
    assert review.status == "open"


def test_the_author_sees_no_decision_panel(at_bank):
    both = make_staff("both", "marketer", "compliance").actor
    review = open_review(
        actor=both,
        subject=Ref("campaign", new_id()),
        title="自审",
        fingerprint="a" * 64,
        content={"title": "x"},
        author_id=both.id,
        last_editor_id=both.id,
        now=NOON,
    )
    page = signed_in(both).get(address("review", review)).content.decode()

    assert "您参与了这份内容的编写" in page
    assert "data-decide" not in page


def test_a_remark_hangs_on_its_field(review, officer):
    browser = signed_in(officer)

    browser.post(address("comment", review), {"text": "标题再平实一些", "path": "title"})

    comment = Comment.objects.get()
    assert comment.path == "title"
    assert "标题再平实一些" in browser.get(address("review", review)).content.decode()
    browser.post(address("resolve", review, comment_id=comment.id), {"path": "title"})
    comment.refresh_from_db()
    assert comment.resolved_by_id == officer.id


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("nope.9", "改一下", "没有您批注的这一栏"),
        ("title", " ", "您写了 0 字"),
        ("title", "长" * 2001, "意见请写 1 到 2000 字，您写了 2001 字"),
    ],
)
def test_a_remark_that_cannot_stand_says_why(review, officer, path, text, told):
    browser = signed_in(officer)

    page = browser.post(address("comment", review), {"path": path, "text": text}, follow=True)

    assert told in page.content.decode()
    assert not Comment.objects.exists()


def test_a_blocking_finding_takes_two_people_before_anyone_approves(marketer, officer, legal, at_bank):
    review = open_review(
        actor=marketer,
        subject=Ref("campaign", new_id()),
        title="本金安全",
        fingerprint="b" * 64,
        content={"title": "本金安全"},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        findings=[FINDING],
        stages=ALL_AT_ONCE,
        now=NOON,
    )
    browser = signed_in(officer)
    browser.post(address("decide", review), {"verdict": "approve"})
    review.refresh_from_db()
    assert review.status == "open"

    page = browser.get(address("review", review))
    key = page.context["reading"].sections[0].parts[0].findings[0].key
    browser.post(address("dismiss", review, key=key), {"reason": "引用的是题干"})
    dismissal = Dismissal.objects.get()
    browser.post(address("confirm", review, dismissal_id=dismissal.id))
    dismissal.refresh_from_db()
    assert dismissal.seconded_by_id is None

    signed_in(legal).post(address("confirm", review, dismissal_id=dismissal.id))
    the_others_agree(review)
    browser.post(address("decide", review), {"verdict": "approve"})

    review.refresh_from_db()
    assert review.status == "approved"


def test_the_certificate_can_be_checked_by_anyone(review, officer, client, bank):
    signed_in(officer).post(address("decide", review), {"verdict": "approve"})
    review.refresh_from_db()

    page = client.get(reverse("compliance:certificate", args=[bank.slug, review.certificate]))
    nothing = client.get(reverse("compliance:certificate", args=[bank.slug, "HQ20200101-0000000000"]))

    assert page.status_code == 200
    assert review.certificate in page.content.decode()
    assert nothing.status_code == 404


def test_the_outsider_finds_nothing(review, outsider):
    browser = signed_in(outsider)

    assert browser.get(address("review", review)).status_code == 404
    assert browser.post(address("decide", review), {"verdict": "approve"}).status_code == 404
    assert Review.objects.get(id=review.id).status == "open"


def test_words_are_scanned_while_typing(marketer):
    body = {"fields": [{"path": "title", "content_type": "title", "text": "本理财保本保息"}]}

    answer = signed_in(marketer).post(reverse("compliance:scan"), body, content_type="application/json")

    assert answer.status_code == 200
    assert answer.json()["verdict"] == "block"
    assert answer.json()["findings"][0]["path"] == "title"


def test_the_pages_around_open(officer):
    browser = signed_in(officer)

    tried = browser.post(
        reverse("compliance:try"), {"text": "骗子常说稳赚不赔,请警惕", "content_type": "title"}
    )

    assert "没有发现问题" in tried.content.decode()
    assert browser.get(reverse("compliance:articles"), {"q": "AF-30"}).status_code == 200
