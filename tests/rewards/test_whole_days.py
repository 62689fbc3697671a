"""A day that was printed as the last one counts in full, in Shanghai, and not a second more."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from campaigns.player.wording import last_day
from kernel.actor import Actor
from kernel.timekeeping import SHANGHAI, end_of_day, last_whole_day, local_day, start_of_day, whole_days_after
from rewards.lookup import Outcome, outcome_of
from rewards.models import Grant, RedemptionCode
from rewards.usecases import book_grant, redeem_code
from rewards.usecases.bookings import BookingOver
from tenancy.templatetags.desk import cn_last_day
from tests.cast import NOON, ONE_DAY
from tests.privacy.people import a_verified_participant, refused
from tests.rewards.visits import a_benefit, a_grant, a_slot

SECOND = timedelta(seconds=1)
OF_A_DAY = [time(0, 0, 0), time(9, 0, 0), time(23, 59, 59)]
MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(moment=MOMENTS, days=st.integers(0, 400))
def test_what_lasts_some_days_ends_with_the_last_of_them(moment: datetime, days: int) -> None:
    end = whole_days_after(moment, days)

    assert last_whole_day(end) == local_day(moment) + timedelta(days=days)
    assert local_day(end - SECOND) == last_whole_day(end)
    assert local_day(end) == last_whole_day(end) + ONE_DAY


@given(end=MOMENTS)
def test_no_day_is_printed_on_which_it_ends_already(end: datetime) -> None:
    assert end_of_day(last_whole_day(end)) <= end


def test_both_faces_print_the_same_day() -> None:
    end = datetime(2027, 1, 31, tzinfo=SHANGHAI)

    assert last_day(end) == "2027年1月30日"
    assert cn_last_day(end) == "2027年1月30日 周六"


@pytest.mark.parametrize("at", OF_A_DAY)
def test_a_code_is_good_through_its_printed_last_day(
    at_bank: UUID, officer: Actor, administrator: Actor, clerk: Actor, at: time
) -> None:
    """Issue 8: a code of 有效期至 1月30日 had expired at 09:00 that day."""
    booked_at = datetime.combine(local_day(NOON), at, SHANGHAI)
    participant = a_verified_participant(officer)
    grant = a_grant(participant, a_benefit(administrator))
    slot = a_slot(administrator)
    booking = book_grant(
        actor=participant, grant_id=grant.id, name="张三丰", need="wealth", slot_id=slot.id, now=booked_at
    )
    end = RedemptionCode.objects.get().expires_at

    printed = last_whole_day(end)

    assert printed == local_day(NOON) + timedelta(days=grant.benefit.valid_days)
    outcomes = {
        moment: outcome_of(RedemptionCode.objects.get(), now=moment)
        for moment in (start_of_day(printed), end_of_day(printed) - SECOND, end_of_day(printed))
    }
    assert list(outcomes.values()) == [Outcome.READY, Outcome.READY, Outcome.EXPIRED]
    redeemed = redeem_code(actor=clerk, code=booking.code, agreed=True, now=end_of_day(printed) - SECOND)
    assert redeemed.outcome == Outcome.REDEEMED


def test_a_visit_after_the_term_keeps_its_code_through_its_day(
    at_bank: UUID, officer: Actor, administrator: Actor
) -> None:
    participant = a_verified_participant(officer)
    grant = a_grant(participant, a_benefit(administrator, valid_days=1))
    slot = a_slot(administrator, at=NOON + timedelta(days=9))

    book_grant(actor=participant, grant_id=grant.id, name="张三丰", need="wealth", slot_id=slot.id, now=NOON)

    assert last_whole_day(RedemptionCode.objects.get().expires_at) == local_day(slot.starts_at)


@pytest.mark.parametrize("at", OF_A_DAY)
def test_a_service_can_be_booked_through_its_printed_last_day(
    at_bank: UUID, officer: Actor, administrator: Actor, at: time
) -> None:
    participant = a_verified_participant(officer)
    benefit = a_benefit(administrator, book_within_days=5)
    grant = a_grant(participant, benefit, at=datetime.combine(local_day(NOON), at, SHANGHAI))
    slot = a_slot(administrator, at=NOON + timedelta(days=9))
    printed = last_whole_day(grant.book_before)

    def book(now: datetime) -> None:
        book_grant(
            actor=participant, grant_id=grant.id, name="张三丰", need="wealth", slot_id=slot.id, now=now
        )

    with refused(BookingOver):
        book(end_of_day(printed))
    book(end_of_day(printed) - SECOND)

    assert printed == local_day(NOON) + timedelta(days=5)


def test_what_was_printed_before_is_kept(at_bank: UUID, officer: Actor, administrator: Actor) -> None:
    """Codes and services of an earlier state end with the day they named, not at its ninth hour."""
    lifting = import_module("rewards.migrations.0005_days_count_in_full")
    participant = a_verified_participant(officer)
    benefit = a_benefit(administrator)
    grant, kept = (a_grant(participant, benefit, occasion) for occasion in ("a", "b"))
    last = local_day(NOON) + timedelta(days=30)
    named = start_of_day(last) + timedelta(hours=9)
    Grant.objects.filter(pk=grant.pk).update(book_before=named)
    Grant.objects.filter(pk=kept.pk).update(book_before=end_of_day(last))

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(lifting.SERVICES)
        cursor.execute(lifting.CODES)

    ends = set(Grant.objects.values_list("book_before", flat=True))
    assert ends == {end_of_day(last)}
