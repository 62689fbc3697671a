"""A draft is kept as it was typed, right or wrong; no page of it may ever fault (issue 2, security 67)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from campaigns.changes import changes_between
from campaigns.live import LiveCampaign
from campaigns.models import Campaign
from campaigns.usecases import save_draft
from kernel.actor import Actor
from tests.cast import NOON
from tests.desk import signed_in


def test_a_draft_with_things_for_disclaimers_still_opens(marketer: Actor, live_quiz: LiveCampaign) -> None:
    campaign = Campaign.of(live_quiz.id)
    odd = {**campaign.draft, "disclaimers": [{}, ["D-BANK-01"], None]}
    save_draft(actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=odd, now=NOON)

    page = signed_in(marketer).get(reverse("campaigns:build", args=[campaign.id]))

    assert page.status_code == 200


@pytest.mark.parametrize("odd", [[], {}, None, 7])
def test_a_thing_with_an_odd_id_is_still_a_change(at_bank: UUID, odd: Any) -> None:
    def content(name: Any) -> dict[str, Any]:
        return {"game": "quiz", "settings": {"questions": [{"id": name, "text": "问"}]}}

    assert changes_between(content("q1"), content(odd))
