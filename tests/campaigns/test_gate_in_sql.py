"""The gate holds against plain SQL of the runtime role, whatever it puts in the way (issue 2, Gate)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from campaigns.models import Campaign
from campaigns.usecases import submit_for_review
from compliance.queries import latest_review
from kernel.actor import Actor
from tests.campaigns.conftest import approve, ready_quiz
from tests.cast import NOON

SHADOWS = ("compliance_review", "compliance_decision", "compliance_condition", "campaigns_version")


@pytest.fixture(autouse=True)
def _a_service(consult: object) -> None:
    """The preset's award has a service to stand for."""


def test_a_table_that_only_looks_like_the_review_opens_nothing(marketer: Actor) -> None:
    """A session's own temporary tables stand before the real ones unless a function says where it looks."""
    campaign = ready_quiz(marketer)
    version = submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None

    _forge_approval(review.id)
    with pytest.raises(IntegrityError, match="nobody approved"), transaction.atomic():
        _point_at(campaign, version.id)

    _drop_forgeries()
    assert Campaign.of(campaign.id).live_version_id is None


def test_a_forged_wish_for_fewer_reviewers_is_not_heard(at_bank: UUID, marketer: Actor) -> None:
    """Nor does a shadow help a review to its approval."""
    campaign = ready_quiz(marketer)
    submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None

    _forge_approval(review.id)
    with pytest.raises(IntegrityError, match="every decision"), transaction.atomic():
        _call_it_approved(review.id)


def test_what_was_approved_still_goes_out(marketer: Actor) -> None:
    campaign = ready_quiz(marketer)
    approve(campaign, marketer)
    version = campaign.versions.get()

    _point_at(campaign, version.id)

    assert Campaign.of(campaign.id).live_version_id == version.id


def _forge_approval(review_id: UUID) -> None:
    """Temporary tables of the same names, in which everybody agrees."""
    with connection.cursor() as cursor:
        for table in SHADOWS:
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS TABLE public.{table}")
        cursor.execute(
            "UPDATE pg_temp.compliance_review SET status = 'approved', stages = '[{\"compliance\": 0}]',"
            " expires_at = now() + interval '1 day', certificate = 'HQ-X'"
        )
        cursor.execute(
            "INSERT INTO pg_temp.compliance_decision (review_id, verdict) VALUES (%s, 'approve')", [review_id]
        )


def _drop_forgeries() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(f'pg_temp.{table}' for table in SHADOWS)}")


def _call_it_approved(review_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.compliance_review SET status = 'approved', certificate = 'HQ-X',"
            " decided_at = now(), expires_at = now() + interval '1 day' WHERE id = %s",
            [review_id],
        )


def _point_at(campaign: Campaign, version_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.campaigns_campaign SET live_version_id = %s, status = 'published',"
            " starts_on = (draft ->> 'starts_on')::date, ends_on = (draft ->> 'ends_on')::date WHERE id = %s",
            [version_id, campaign.id],
        )
