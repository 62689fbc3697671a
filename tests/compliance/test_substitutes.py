"""Somebody of the same post speaks for an absent colleague; both names stand, never the author's. W3."""

from datetime import timedelta

import pytest
from django.urls import reverse

from compliance.models import Decision, Substitute
from compliance.risk import ONE_OFFICER
from compliance.usecases import decide_review, end_substitute, name_substitute, open_review
from compliance.usecases.reviews import OwnWork
from compliance.usecases.substitutes import AlreadySubstituted, DaysOutOfOrder, NotTheSamePost
from kernel.actor import Ref
from kernel.errors import BadRequest, NotFound
from kernel.ids import new_id
from kernel.timekeeping import local_day
from ledger.models import Entry
from tenancy.colleagues import change_roles, close_access
from tenancy.models import StaffNotice
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.privacy.people import refused

TODAY = local_day(NOON)
DAY = timedelta(days=1)


@pytest.fixture
def other(at_bank):
    return make_staff("dai.ban", "compliance", display_name="代班").actor


def named(absent, stands_in, role="compliance", first=TODAY, last=TODAY + DAY):
    """Pages ask the clock, which may have passed midnight since the cast's noon."""
    return name_substitute(
        actor=absent, role=role, substitute_id=stands_in.id, first_day=first, last_day=last, now=NOON
    )


def decided_by(reviewer, author, editor=None, stages=ONE_OFFICER):
    review = open_review(
        actor=author,
        subject=Ref("campaign", new_id()),
        title="反诈",
        fingerprint="a" * 64,
        content={"title": "反诈"},
        author_id=author.id,
        last_editor_id=(editor or author).id,
        stages=stages,
        now=NOON,
    )
    decide_review(actor=reviewer, review_id=review.id, verdict="approve", now=NOON)
    return Decision.objects.get(review=review)


def test_the_one_who_stands_in_is_told_and_both_names_stand(marketer, officer, other):
    named(officer, other)

    decision = decided_by(other, marketer)

    assert (decision.reviewer_id, decision.stands_in_for_id) == (other.id, officer.id)
    assert StaffNotice.objects.get(kind="substitute.named").recipient_id == other.id


def test_nobody_stands_in_for_the_author_nor_becomes_one_who_decides(marketer, officer, other):
    """F50: four eyes, whoever is away."""
    named(officer, other)

    assert decided_by(other, marketer, editor=officer).stands_in_for_id is None
    with refused(OwnWork):
        decided_by(other, marketer, editor=other)


def test_an_arrangement_ends_early_by_either_of_the_two_and_by_nobody_else(marketer, officer, other, legal):
    arrangement = named(officer, other, last=TODAY + 3 * DAY)

    with refused(NotFound):
        end_substitute(actor=legal, named_id=arrangement.id, now=NOON)
    end_substitute(actor=other, named_id=arrangement.id, now=NOON)

    assert decided_by(other, marketer).stands_in_for_id is None
    assert Entry.objects.filter(verb="compliance.substitute_ended", actor_id=other.id).exists()
    with refused(NotFound):
        end_substitute(actor=officer, named_id=arrangement.id, now=NOON)


@pytest.mark.parametrize("who", ["officer", "other"])
@pytest.mark.parametrize("deed", ["close", "post"])
def test_it_stops_when_either_is_shut_out_or_loses_the_post(
    who, deed, request, marketer, officer, other, administrator
):
    named(officer, other)
    gone = request.getfixturevalue(who)

    if deed == "close":
        close_access(actor=administrator, staff_id=gone.id, now=NOON)
    else:
        change_roles(actor=administrator, staff_id=gone.id, roles=["service"], now=NOON)

    page = signed_in(administrator).get(reverse("compliance:substitutes")).content.decode()
    assert "不再生效" in page
    if who == "officer":
        assert decided_by(other, marketer).stands_in_for_id is None
    else:
        browser = signed_in(other)
        assert browser.get(reverse("compliance:reviews")).status_code == (302 if deed == "close" else 403)


def test_a_colleague_who_spoke_needs_no_substitute(marketer, officer, other):
    """Two voices of one post are two people's."""
    named(officer, other)
    review = open_review(
        actor=marketer,
        subject=Ref("campaign", new_id()),
        title="反诈",
        fingerprint="a" * 64,
        content={"title": "反诈"},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        stages=[{"compliance": 2}],
        now=NOON,
    )
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)

    decide_review(actor=other, review_id=review.id, verdict="approve", now=NOON)

    assert Decision.objects.get(reviewer_id=other.id).stands_in_for_id is None


def test_what_cannot_be_arranged_is_refused_in_words(officer, other, legal, administrator, outsider):
    named(officer, other, first=TODAY + DAY, last=TODAY + 3 * DAY)
    gone = make_staff("li.zhi", "compliance").actor
    close_access(actor=administrator, staff_id=gone.id, now=NOON)

    for absent, stands_in, days, refusal in [
        (officer, other, (TODAY + 3 * DAY, TODAY + 5 * DAY), AlreadySubstituted),
        (officer, other, (TODAY, TODAY - DAY), DaysOutOfOrder),
        (officer, other, (TODAY - 3 * DAY, TODAY - DAY), DaysOutOfOrder),
        (officer, other, (TODAY + 9 * DAY, TODAY + 900 * DAY), DaysOutOfOrder),
        (officer, legal, (TODAY, TODAY), NotTheSamePost),
        (officer, officer, (TODAY, TODAY), BadRequest),
        (officer, gone, (TODAY, TODAY), NotFound),
        (officer, outsider, (TODAY, TODAY), NotFound),
    ]:
        with refused(refusal):
            named(absent, stands_in, first=days[0], last=days[1])

    named(officer, other, first=TODAY, last=TODAY)
    assert Substitute.objects.count() == 2


def test_the_page_names_and_ends_and_shows_all_to_those_who_oversee(officer, other, legal, administrator):
    browser, page = signed_in(other), reverse("compliance:substitutes")

    told = browser.post(
        reverse("compliance:substitute_name"),
        {
            "colleague": f"compliance/{officer.id}",
            "first_day": (TODAY + 3 * DAY).isoformat(),
            "last_day": (TODAY + 4 * DAY).isoformat(),
        },
        follow=True,
    ).content.decode()

    assert "已指定替代人" in told
    assert "提前结束" in told
    row = 'data-label="不在岗">代班</td>'
    assert row in signed_in(administrator).get(page, {"tab": "coming"}).content.decode()
    assert row not in signed_in(legal).get(page, {"tab": "coming"}).content.decode()
    browser.post(reverse("compliance:substitute_end", args=[Substitute.objects.get().id]))
    assert row in browser.get(page, {"tab": "past"}).content.decode()


def test_the_list_is_paged_and_takes_few_queries(officer, other, django_assert_max_num_queries):
    for number in range(40):
        named(officer, other, first=TODAY + (2 * number + 1) * DAY, last=TODAY + (2 * number + 1) * DAY)
    browser = signed_in(officer)

    with django_assert_max_num_queries(14):
        page = browser.get(reverse("compliance:substitutes"), {"tab": "coming"})

    assert len(page.context["lines"]) == 30
