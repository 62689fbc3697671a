"""Whoever wrote any of it takes no step in its review: not only author and last editor. F50."""

import pytest
from django.urls import reverse

from compliance.models import Condition, Substitute
from compliance.queries import finding_key
from compliance.risk import ONE_OFFICER
from compliance.usecases import (
    decide_review,
    dismiss_finding,
    name_substitute,
    open_review,
    record_filing,
    remind_reviewers,
    second_dismissal,
)
from compliance.usecases.findings import SecondPersonNeeded
from kernel.actor import SYSTEM, Ref
from kernel.ids import new_id
from ledger.record import record
from tenancy.models import StaffNotice
from tests.cast import NOON, ONE_DAY, make_staff
from tests.compliance.test_told import BLOCK
from tests.desk import signed_in
from tests.reviewing import ALL_AT_ONCE


@pytest.fixture
def in_between(at_bank):
    """Edited it once; somebody else did after."""
    return make_staff("zhong.jian", "marketer", "legal", "compliance").actor


def submitted(marketer, in_between, *findings):
    subject = Ref("campaign", new_id())
    record("campaigns.edited", actor=in_between, subject=subject, at=NOON, campaign_id=subject.id)
    return open_review(
        actor=marketer,
        subject=subject,
        title="反诈小测验",
        fingerprint="a" * 64,
        content={"title": "反诈"},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        findings=findings,
        stages=ALL_AT_ONCE if findings else ONE_OFFICER,
        now=NOON,
    )


def test_an_editor_in_between_neither_sets_a_finding_aside_nor_confirms_it(
    marketer, in_between, officer, legal
):
    review = submitted(marketer, in_between, BLOCK)
    key = finding_key(BLOCK)

    with pytest.raises(SecondPersonNeeded):
        dismiss_finding(actor=in_between, review_id=review.id, key=key, reason="引用", now=NOON)
    aside = dismiss_finding(actor=officer, review_id=review.id, key=key, reason="引用", now=NOON)
    with pytest.raises(SecondPersonNeeded):
        second_dismissal(actor=in_between, review_id=review.id, dismissal_id=aside.id, now=NOON)

    asked = StaffNotice.objects.filter(kind="finding.second").values_list("recipient_id", flat=True)
    assert set(asked) == {legal.id}
    desk = reverse("compliance:review", args=[review.id])
    offered = reverse("compliance:confirm", args=[review.id, aside.id])
    assert offered in signed_in(legal).get(desk).content.decode()
    assert offered not in signed_in(in_between).get(desk).content.decode()
    assert offered not in signed_in(officer).get(desk).content.decode()


def test_an_editor_in_between_records_no_filing_number(marketer, in_between, officer):
    review = submitted(marketer, in_between)
    decide_review(actor=officer, review_id=review.id, verdict="approve", conditions={"filed": None}, now=NOON)
    number = {"condition_id": Condition.objects.get().id, "number": "京备2026-0031", "now": NOON}

    with pytest.raises(SecondPersonNeeded):
        record_filing(actor=in_between, **number)


def test_an_editor_in_between_is_not_asked_and_nobody_speaks_for_her(marketer, in_between, officer):
    day = NOON.date()
    name_substitute(
        actor=in_between, role="compliance", substitute_id=officer.id, first_day=day, last_day=day, now=NOON
    )
    review = submitted(marketer, in_between)

    remind_reviewers(actor=SYSTEM, now=review.due_at + ONE_DAY)
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)

    asked = StaffNotice.objects.filter(kind__in=["review.asked", "review.late"])
    assert set(asked.values_list("recipient_id", flat=True)) == {officer.id}
    assert review.decisions.get().stands_in_for_id is None
    assert Substitute.objects.count() == 1
