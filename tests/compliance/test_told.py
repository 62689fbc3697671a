"""Who is told what about a review: authors its end, reviewers its clock, a second person their turn."""

from datetime import timedelta

from compliance.models import Recheck
from compliance.notices import tell_of_recheck
from compliance.queries import finding_key
from compliance.risk import JOINT, ONE_OFFICER
from compliance.usecases import decide_review, dismiss_finding, open_review, remind_reviewers
from kernel.actor import SYSTEM, Ref
from kernel.ids import new_id
from tenancy.models import StaffNotice
from tenancy.notices import unread_count
from tests.cast import NOON, make_staff
from tests.reviewing import ALL_AT_ONCE

BLOCK = {
    "rule": "PP-01", "category": "principal_protection", "severity": "block", "path": "settings.title",
    "start": 0, "end": 4, "matched": "本金安全", "article": "AD-25-1", "why": "明示保本", "suggestion": "",
    "penalty": "", "replacement": None,
}  # fmt: skip


def submit(author, stages, editor=None, **more):
    return open_review(
        actor=author,
        subject=Ref("campaign", new_id()),
        title="反诈小测验",
        fingerprint="a" * 64,
        content={"title": "反诈"},
        author_id=author.id,
        last_editor_id=(editor or author).id,
        stages=stages,
        now=NOON,
        **more,
    )


def told(kind):
    return set(StaffNotice.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_both_writers_hear_how_the_review_ended(marketer, officer, at_bank):
    """F50."""
    editor = make_staff("er.bian", "marketer").actor
    passed, returned = submit(marketer, ONE_OFFICER, editor), submit(marketer, ONE_OFFICER, editor)

    decide_review(actor=officer, review_id=passed.id, verdict="approve", now=NOON)
    decide_review(actor=officer, review_id=returned.id, verdict="return", reasons="标题", now=NOON)

    assert told("review.approve") == told("review.return") == {marketer.id, editor.id}
    assert StaffNotice.objects.filter(kind="review.return", by_id=officer.id).count() == 2


def test_one_voice_of_several_is_not_the_end(marketer, legal):
    """W3."""
    review = submit(marketer, JOINT)

    decide_review(actor=legal, review_id=review.id, verdict="approve", now=NOON)

    assert not told("review.approve")


def test_the_clock_speaks_to_those_still_asked_and_to_compliance_when_late(marketer, legal, officer, at_bank):
    """W3: who has spoken is left in peace; who wrote it is not asked to hurry."""
    creative = make_staff("chuang.yi", "creative").actor
    both = make_staff("zi.xie", "marketer", "creative").actor
    review = submit(marketer, JOINT, both)
    decide_review(actor=legal, review_id=review.id, verdict="approve", now=NOON)

    remind_reviewers(actor=SYSTEM, now=review.due_at - timedelta(hours=1))
    remind_reviewers(actor=SYSTEM, now=review.due_at + timedelta(hours=1))

    assert told("review.due") == {creative.id}
    assert told("review.late") == {creative.id, officer.id}


def test_whoever_may_be_the_second_person_hears_of_a_dismissal(marketer, officer, legal, clerk):
    """F50: a blocking finding takes two people."""
    review = submit(marketer, ALL_AT_ONCE, findings=[BLOCK])

    dismiss_finding(actor=officer, review_id=review.id, key=finding_key(BLOCK), reason="引用", now=NOON)

    assert told("finding.second") == {legal.id}
    assert StaffNotice.objects.get(kind="finding.second").place == "at-settings-title"


def test_authors_hear_that_an_article_changed(marketer, officer, at_bank):
    """S6."""
    review = submit(marketer, ONE_OFFICER)

    tell_of_recheck(review, Recheck(review=review), now=NOON)

    assert told("review.recheck") == {marketer.id}


def test_what_asked_for_a_decision_is_settled_by_it(marketer, legal, officer, at_bank):
    """A bell that rings for work already done is soon not heard."""
    creative, operations = (
        make_staff("chuang.yi", "creative").actor,
        make_staff("yun.ying", "operations").actor,
    )
    review = submit(marketer, JOINT)
    assert unread_count(legal.id) == unread_count(creative.id) == unread_count(operations.id) == 1

    decide_review(actor=legal, review_id=review.id, verdict="approve", now=NOON)
    assert (unread_count(legal.id), unread_count(creative.id)) == (0, 1)
    decide_review(actor=creative, review_id=review.id, verdict="return", reasons="标题", now=NOON)

    assert unread_count(operations.id) == 0
    assert unread_count(marketer.id) == 1
