"""A phone's first step: a pseudonym, and the cookie that remembers it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from campaigns.player import limits
from campaigns.player.doors import Visit
from campaigns.player.reading import is_living
from campaigns.player.session import remember
from kernel.actor import SYSTEM
from privacy.usecases import enrol_participant


def begin(request: HttpRequest, visit: Visit, campaign_id: UUID, channel: str) -> bool:
    """Give a phone without a living pseudonym a fresh one; whether it was fresh. Raises TooMany."""
    if visit.participant_id is not None and is_living(visit.participant_id):
        return False
    limits.pace_newcomers(request)
    newcomer = enrol_participant(actor=SYSTEM, campaign_id=campaign_id, channel=channel, now=visit.now)
    visit.participant_id = newcomer.id
    return True


def remembered(response: HttpResponse, visit: Visit, newcomer: bool) -> HttpResponse:
    """The response, with the cookie when the pseudonym is fresh."""
    if newcomer and visit.participant_id is not None:
        remember(
            response,
            institution_id=visit.institution.id,
            slug=visit.institution.slug,
            participant_id=visit.participant_id,
            now=visit.now,
        )
    return response
