"""Takes a campaign of the demo all the way: built from a preset, submitted, approved by others, published."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.models import Campaign
from campaigns.usecases import (
    create_campaign_from_preset,
    publish_campaign,
    save_draft,
    submit_for_review,
)
from campaigns.usecases.submitting import NotSubmittable
from compliance.models import Review, Verdict
from compliance.queries import latest_review
from compliance.usecases import decide_review
from kernel.actor import Actor
from kernel.timekeeping import local_day
from tenancy.roles import Role

CHANNELS = [
    {"kind": "official_account", "name": "公众号菜单"},
    {"kind": "branch_poster", "name": "网点海报"},
]
RUNS_FOR = timedelta(days=45)
MOST_ROUNDS = 12


class NotThroughTheGate(RuntimeError):
    """The demo's own campaign was not approved: its content or its reviewers are wrong."""


def launch(*, preset: str, title: str, people: dict[Role, Actor], now: datetime) -> Campaign:
    """The published campaign. Raises NotThroughTheGate, NotSubmittable."""
    marketer = people[Role.MARKETER]
    campaign = create_campaign_from_preset(actor=marketer, preset=preset, title=title, now=now)
    today = local_day(now)
    draft = {
        **campaign.draft,
        "channels": CHANNELS,
        "starts_on": today.isoformat(),
        "ends_on": max(campaign.draft["ends_on"], (today + RUNS_FOR).isoformat()),
    }
    campaign = save_draft(
        actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=draft, now=now
    )
    try:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=now)
    except NotSubmittable as refusal:
        found = [*refusal.checked.problems, *refusal.checked.blocking]
        raise NotThroughTheGate("\n".join(str(each) for each in found)) from refusal
    _approve(campaign, people, now=now)
    return publish_campaign(actor=marketer, campaign_id=campaign.id, now=now)


def _approve(campaign: Campaign, people: dict[Role, Actor], *, now: datetime) -> None:
    """Each stage's reviewers read and approve in turn."""
    review = _review(campaign)
    for _turn in range(MOST_ROUNDS):
        if review.status != "open":
            break
        for reviewer in _asked(review, people):
            decide_review(actor=reviewer, review_id=review.id, verdict=Verdict.APPROVE, now=now)
        review = _review(campaign)
    if review.status != "approved":
        raise NotThroughTheGate(f"{campaign.title}: {review.status}")


def _review(campaign: Campaign) -> Review:
    review: Review | None = latest_review(campaign.ref)
    if review is None:
        raise NotThroughTheGate(campaign.title)
    return review


def _asked(review: Review, people: dict[Role, Actor]) -> list[Actor]:
    return [people[Role(role)] for role in review.asked_roles]
