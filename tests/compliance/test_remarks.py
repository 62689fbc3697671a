"""Remarks: answered in their thread, mentioning only who may read them, told to whom they concern. F50."""

import pytest
from django.urls import reverse

from compliance.mentions import threads_on
from compliance.models import Comment
from compliance.usecases import answer_comment, open_review, withdraw_review, write_comment
from compliance.usecases.remarks import CannotBeMentioned
from kernel.actor import Ref
from kernel.errors import NotFound
from kernel.ids import new_id
from tenancy.colleagues import close_access
from tenancy.models import StaffNotice
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.privacy.people import refused


def remark(actor, subject, **more):
    return write_comment(actor=actor, subject=subject, **({"text": "改一下", "now": NOON} | more))


def told(actor):
    found = StaffNotice.objects.filter(recipient_id=actor.id, kind__startswith="remark.")
    return [(notice.kind, notice.subject_kind) for notice in found.order_by("kind", "id")]


def reviewed(author, subject, fingerprint="a" * 64):
    return open_review(
        actor=author,
        subject=subject,
        title="反诈小测验",
        fingerprint=fingerprint,
        content={"title": "反诈"},
        author_id=author.id,
        last_editor_id=author.id,
        now=NOON,
    )


@pytest.fixture
def subject():
    return Ref("campaign", new_id())


def test_an_answer_to_a_remark_that_is_not_there_is_refused(officer, subject):
    """A tie to nothing would only be noticed at the commit, as a fault of ours."""
    with refused(NotFound):
        remark(officer, subject, answers_id=new_id())


def test_an_answer_stays_with_its_subject(officer, subject):
    elsewhere = remark(officer, Ref("campaign", new_id()))
    here = remark(officer, subject)

    with refused(NotFound):
        remark(officer, subject, answers_id=elsewhere.id)

    assert remark(officer, subject, answers_id=here.id).answers_id == here.id


def test_an_answer_to_an_answer_stands_in_the_same_thread(officer, legal, subject):
    first = remark(officer, subject, path="title")
    second = answer_comment(actor=legal, comment_id=first.id, text="好的", now=NOON)
    third = answer_comment(actor=officer, comment_id=second.id, text="谢谢", now=NOON)

    (thread,) = threads_on(subject)

    assert third.path == "title"
    assert [said.remark.id for said in thread.answers] == [second.id, third.id]


def test_a_colleague_who_is_mentioned_is_told_once(marketer, officer, legal, subject):
    review = reviewed(marketer, subject)

    remark(officer, subject, review_id=review.id, path="title", mentions=[legal.id, legal.id, marketer.id])

    assert told(legal) == [("remark.mentioned", "review")]
    assert told(marketer) == [("remark.mentioned", "campaign")]
    assert told(officer) == []
    assert StaffNotice.objects.get(recipient_id=legal.id, kind="remark.mentioned").place == "at-title"


def test_who_cannot_see_the_review_cannot_be_mentioned(
    officer, clerk, auditor, legal, administrator, outsider, subject
):
    """F69: an outsider's id is no colleague of ours."""
    gone = make_staff("li.zhi", "legal").actor
    close_access(actor=administrator, staff_id=gone.id, now=NOON)

    for nobody in (outsider.id, clerk.id, auditor.id, gone.id, new_id()):
        with refused(CannotBeMentioned):
            remark(officer, subject, mentions=[legal.id, nobody])

    assert not Comment.objects.exists()
    assert not StaffNotice.objects.exists()


def test_whoever_spoke_in_the_thread_hears_of_an_answer(marketer, officer, legal, subject):
    review = reviewed(marketer, subject)
    first = remark(officer, subject, review_id=review.id)
    answer_comment(actor=legal, comment_id=first.id, text="同意", now=NOON)

    answer_comment(actor=marketer, comment_id=first.id, text="已改", mentions=[legal.id], now=NOON)

    assert told(officer) == [("remark.answered", "review")] * 2
    assert told(legal) == [("remark.mentioned", "review")]


def test_words_and_names_survive_a_new_version_and_are_escaped(marketer, officer, legal, subject):
    review = reviewed(marketer, subject)
    remark(officer, subject, review_id=review.id, path="title", text="<b>@韩律</b> 请看", mentions=[legal.id])
    withdraw_review(actor=marketer, subject=subject, now=NOON)

    again = reviewed(marketer, subject, "b" * 64)
    page = signed_in(legal).get(reverse("compliance:review", args=[again.id])).content.decode()

    assert "&lt;b&gt;@韩律&lt;/b&gt; 请看" in page
    assert '<span class="badge badge--brand">@韩律</span>' in page


def test_a_mention_is_chosen_by_script_or_from_the_list(marketer, officer, legal, subject):
    review = reviewed(marketer, subject)
    browser = signed_in(officer)
    address = reverse("compliance:comment", args=[review.id])

    browser.post(address, {"text": "@韩律 请看", "path": "title", "mentions": [str(legal.id)]})
    browser.post(address, {"text": "请看", "path": "title", "mention": "韩律 (han.lu)"})

    browser.post(address, {"text": "x", "mention": "无此人 (nobody)"})
    browser.post(address, {"text": "x", "mentions": "1"})

    assert [comment.mentions for comment in Comment.objects.all()] == [[str(legal.id)]] * 2


def test_the_author_answers_from_the_page_of_the_campaign(marketer, officer, outsider, subject):
    review = reviewed(marketer, subject)
    first = remark(officer, subject, review_id=review.id, path="title")
    address = reverse("compliance:answer", args=[first.id])

    assert signed_in(outsider).post(address, {"text": "x"}).status_code == 404
    answered = signed_in(marketer).post(address, {"text": "已改"})
    asked = signed_in(officer).post(address, {"text": "好"})

    assert answered.url == reverse("tenancy:home")  # this subject has no page of its own
    assert asked.url == f"{reverse('compliance:review', args=[review.id])}#at-title"
    assert Comment.objects.count() == 3
