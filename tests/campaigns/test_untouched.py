"""F71: what nobody touched is no difference, on the campaign's page as on the review desk."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from campaigns.catalogue import game_called
from campaigns.content import read_content
from campaigns.gallery import presets
from campaigns.live import LiveCampaign
from campaigns.models import Campaign
from campaigns.queries import changes_since_sent
from campaigns.review_face import CampaignFace
from campaigns.usecases import save_draft, submit_for_review
from compliance.queries import latest_review
from compliance.reading import read_review
from kernel.actor import Actor
from tests.cast import NOON
from tests.desk import signed_in

EVERY = [
    pytest.param(key, sector, id=f"{key} for {sector}")
    for key, preset in presets().items()
    for sector in preset.sectors
]


def as_a_builder_sends_it(draft: dict[str, Any]) -> dict[str, Any]:
    """With every choice that nobody made in it."""
    settings = game_called(draft["game"]).settings
    unmade = {part.name: part.default for part in fields(settings) if part.default is not MISSING}
    return {**draft, "settings": {**unmade, **draft["settings"]}}


@pytest.mark.parametrize(("key", "sector"), EVERY)
def test_a_preset_that_was_approved_untouched_differs_from_itself_in_nothing(
    key: str, sector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = presets()[key].draft(sector=sector, today=date(2026, 11, 21))
    submitted = read_content(draft).as_json()
    approved = type("Approved", (), {"content": submitted})()
    monkeypatch.setattr("campaigns.queries.last_sent", lambda _: approved)
    campaign = Campaign(id=uuid4())

    for written in (draft, as_a_builder_sends_it(draft), submitted):
        assert changes_since_sent(campaign, written).changes == []
        assert CampaignFace().differences(submitted, read_content(written).as_json()) == []


def test_the_campaigns_page_and_the_desk_count_the_same_differences(
    live_quiz: LiveCampaign, marketer: Actor, officer: Actor
) -> None:
    """After the first publishing nothing differs; after one edit one thing does, on both pages."""
    page = reverse("campaigns:campaign", args=[live_quiz.id])
    campaign = Campaign.of(live_quiz.id)
    sent = as_a_builder_sends_it(campaign.draft)
    common = {"actor": marketer, "campaign_id": campaign.id, "now": NOON}
    saved = save_draft(**common, revision=campaign.revision, draft=sent)
    untouched = signed_in(marketer).get(page).content.decode()

    save_draft(**common, revision=saved.revision, draft={**sent, "minutes": 4})
    ours = changes_since_sent(campaign, Campaign.of(campaign.id).draft).changes
    submit_for_review(**common)
    review = latest_review(campaign.ref)
    assert review is not None
    theirs = read_review(review, actor=officer).differences

    assert "与上次通过的版本相比" not in untouched
    assert [one.path for one in theirs] == [one.path for one in ours] == ["minutes"]
