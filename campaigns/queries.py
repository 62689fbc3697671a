"""What the back office and the phone read about campaigns. Plain data; never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from campaigns.changes import Change, changes_between
from campaigns.content import Unreadable, read_content
from campaigns.games.base import Json
from campaigns.models import Campaign, Channel, Version
from compliance.gate import Answer, answer_on, answered, ends_on
from compliance.models import Carried, Condition, Decision, Review
from compliance.queries import carried_on, conditions_on, last_sent
from kernel.errors import NotFound
from kernel.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a campaign stands with compliance: the newest review, and what its draft says beside it.

    `step` is "draft" (nothing submitted, or edited since), "open", "returned", "rejected", "approved" (the
    draft says exactly what was approved, perhaps on a condition), "live" (and that is what phones show) or
    "ended" (the approval of exactly this draft is in force no longer).
    """

    step: str
    review_id: UUID | None = None
    certificate: str = ""
    decided_at: datetime | None = None
    submitted_at: datetime | None = None
    expires_at: datetime | None = None
    due_at: datetime | None = None
    edited_since: bool = False


def campaign_called(campaign_id: UUID) -> Campaign:
    """The campaign of the open scope. Raises NotFound."""
    found = Campaign.objects.select_related("author", "last_editor", "live_version").filter(id=campaign_id)
    campaign: Campaign | None = found.first()
    if campaign is None:
        raise NotFound
    return campaign


def campaigns_matching(words: str = "", status: str = "") -> QuerySet[Campaign]:
    """Campaigns, last edited first. Discarded drafts are shown only when asked for."""
    found = Campaign.objects.select_related("author", "live_version")
    if words:
        found = found.filter(title__icontains=words)
    found = found.filter(status=status) if status else found.exclude(status="closed", live_version=None)
    return found.order_by("-saved_at", "-id")


def standings_of(campaigns: Sequence[Campaign], *, now: datetime) -> dict[UUID, Standing]:
    """Where each campaign stands, with one query for all of them."""
    reviews = Review.objects.filter(
        subject_kind="campaign", subject_id__in=[campaign.id for campaign in campaigns]
    ).order_by("submitted_at", "id")
    newest: dict[UUID, list[Any]] = {}  # Any: annotated by `answered`
    for review in answered(reviews.light()):
        newest.setdefault(review.subject_id, []).insert(0, review)
    return {campaign.id: _standing(campaign, newest.get(campaign.id, []), now) for campaign in campaigns}


def standing_of(campaign: Campaign, *, now: datetime) -> Standing:
    return standings_of([campaign], now=now)[campaign.id]


@dataclass(frozen=True, slots=True)
class SinceSent:
    """The newest submission, if any, and what the content changes in it."""

    review: Review | None
    changes: Sequence[Change]


def changes_since_sent(campaign: Campaign, content: Json) -> SinceSent:
    """What a reviewer would see marked: differences from what was last sent, whatever became of it.

    A draft is written out as it would be submitted: a default typed or left out is no difference.
    """
    sent = last_sent(campaign.ref)
    return SinceSent(sent, changes_between(sent.content if sent else None, _as_submitted(content)))


def verdicts_on(review_id: UUID | None) -> list[Decision]:
    """What each reviewer decided on the newest submission, and why."""
    given = Decision.objects.filter(review_id=review_id).select_related("reviewer", "stands_in_for")
    return list(given.order_by("at", "id"))


def opinions_on(review_id: UUID | None) -> list[Carried]:
    """Whose earlier opinion stands in the newest submission, because nothing that concerns it has changed."""
    review = Review.objects.filter(id=review_id).light().first()
    return carried_on(review) if review else []


def conditions_of(review_id: UUID | None) -> list[Condition]:
    """On what conditions the newest submission was approved, and whether they are met."""
    review = Review.objects.filter(id=review_id).light().first()
    return conditions_on(review) if review else []


def versions_of(campaign: Campaign) -> list[Version]:
    """Every version ever submitted, newest first."""
    return list(campaign.versions.select_related("created_by").defer("content").order_by("-number"))


def channels_of(campaign: Campaign) -> list[Channel]:
    """The ways in, in the order they were opened."""
    return list(campaign.channels.order_by("key", "id"))


def channel_of(campaign_id: UUID, key: str) -> Channel:
    """One way in, with its campaign. Raises NotFound."""
    found = Channel.objects.select_related("campaign").filter(campaign_id=campaign_id, key=key)
    channel: Channel | None = found.first()
    if channel is None:
        raise NotFound
    return channel


def ending_within(days: int, *, today: date) -> QuerySet[Campaign]:
    """Live campaigns whose last day is near."""
    return Campaign.objects.filter(
        status="published", ends_on__range=(today, date.fromordinal(today.toordinal() + days))
    ).order_by("ends_on", "id")


def _standing(campaign: Campaign, reviews: Sequence[Any], now: datetime) -> Standing:  # Any: annotated
    drafted = _drafted(campaign)
    if not reviews:
        return Standing("draft")
    newest = reviews[0]
    same = newest.fingerprint == drafted
    of_draft = [one for one in reviews if one.fingerprint == drafted]
    approved = next((one for one in of_draft if answer_on(one, now) is not Answer.NONE), None)
    if approved is not None and newest.status != "open":
        live = campaign.live_version is not None and campaign.live_version.fingerprint == drafted
        return _told("live" if live else "approved", approved, now)
    if newest.status == "open":
        return _told("open", newest, now, edited_since=not same)
    if same and newest.status in ("returned", "rejected"):
        return _told(newest.status, newest, now)
    if same and newest.certificate:
        return _told("ended", newest, now)
    return _told(newest.status if newest.status == "returned" else "draft", newest, now, edited_since=True)


def _told(step: str, review: Any, now: datetime, *, edited_since: bool = False) -> Standing:  # Any: annotated
    return Standing(
        step=step,
        review_id=review.id,
        certificate=review.certificate or "",
        decided_at=review.decided_at,
        submitted_at=review.submitted_at,
        expires_at=ends_on(review, now),
        due_at=review.due_at if step == "open" else None,
        edited_since=edited_since,
    )


def _drafted(campaign: Campaign) -> str:
    try:
        return fingerprint(read_content(campaign.draft).as_json())
    except Unreadable:
        return ""


def _as_submitted(draft: Json) -> Json:
    """The draft as a submission would write it out; as it was typed while it cannot be read."""
    try:
        return read_content(draft).as_json()
    except Unreadable:
        return draft
