"""A phone's first steps: the pseudonym it will begin under, its beginning, and the cookie that keeps it."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from campaigns.player import limits
from campaigns.player.doors import Visit
from campaigns.player.reading import is_forgotten, is_living
from campaigns.player.session import coming_in, promise, remember
from kernel.actor import SYSTEM
from kernel.ids import new_id
from privacy.usecases import enrol_participant
from privacy.usecases.participants import AlreadyEnrolled


def promised(request: HttpRequest, response: HttpResponse, visit: Visit) -> HttpResponse:
    """The response, with the pseudonym under which a phone that holds none will begin.

    Calls sent side by side, such as the first look and the first tap, then begin as one visitor.
    """
    if visit.participant_id is not None and is_living(visit.participant_id):
        return response
    if _promised_to(request, visit) is None:
        promise(
            response,
            institution_id=visit.institution.id,
            slug=visit.institution.slug,
            participant_id=new_id(),
            now=visit.now,
        )
    return response


def begin(request: HttpRequest, visit: Visit, campaign_id: UUID, channel: str) -> bool:
    """Give a phone without a living pseudonym the one it was promised; whether it holds it from now on.

    A phone that was promised none gets a fresh one. Raises TooMany.
    """
    if visit.participant_id is not None and is_living(visit.participant_id):
        return False
    visit.participant_id = _promised_to(request, visit) or new_id()
    if is_living(visit.participant_id):
        return True
    limits.pace_newcomers(request)
    with suppress(AlreadyEnrolled, IntegrityError):  # the same phone's other call was quicker
        enrol_participant(
            actor=SYSTEM,
            participant_id=visit.participant_id,
            campaign_id=campaign_id,
            channel=channel,
            now=visit.now,
        )
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


def _promised_to(request: HttpRequest, visit: Visit) -> UUID | None:
    """The pseudonym promised to this phone; none where its person was forgotten since."""
    coming = coming_in(
        request, institution_id=visit.institution.id, slug=visit.institution.slug, now=visit.now
    )
    return None if coming is None or is_forgotten(coming) else coming
