"""The play of two on the phone: the same doors as every play, with the seat, the device and the container."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from campaigns.games.base import Move
from campaigns.live import LiveCampaign, content_of, live_campaign
from campaigns.parties import is_proven, party_of
from campaigns.player.devices import device_of, invitation_of, invites_here
from campaigns.player.doors import Visit
from campaigns.player.invitations import REFUSALS, invited_here, text_to_send
from campaigns.usecases import Played
from campaigns.usecases.parties import move_party, share_party, start_party
from kernel.addresses import public_address
from kernel.errors import DomainError, NotFound

SHARE = "share"


def is_for_two(live: LiveCampaign) -> bool:
    return live.content.game.shared_by == "party"


def start_together(request: HttpRequest, visit: Visit, *, own: bool, channel: str) -> DomainError | None:
    """Come to one's own party, or to the one whose invitation this phone followed.

    The refusal when that invitation leads nowhere, for the phone to tell and to forget.
    Raises NotFound, NotOpen.
    """
    try:
        start_party(
            actor=visit.actor,
            code=visit.code,
            invitation=invitation_of(request, visit),
            own=own,
            device=device_of(request, visit),
            channel=channel,
            now=visit.now,
        )
    except REFUSALS as refusal:
        return refusal
    return None


def move_together(request: HttpRequest, visit: Visit, *, party_id: UUID, move: Move, key: str) -> Played:
    """One move at one's party; by whom and from where is the server's to say."""
    return move_party(
        actor=visit.actor,
        code=visit.code,
        party_id=party_id,
        move=move,
        device=device_of(request, visit),
        key=key,
        now=visit.now,
    )


def invitation_to_send(request: HttpRequest, visit: Visit, party_id: UUID) -> dict[str, str]:
    """The address to pass on, and the text to copy: the campaign's reviewed words, none of the sender's."""
    invitation = share_party(
        actor=visit.actor,
        code=visit.code,
        party_id=party_id,
        device=device_of(request, visit),
        now=visit.now,
    )
    link = public_address(f"{visit.links['home']}?p={invitation}")
    at = party_of(visit.actor.id, live_campaign(visit.code), visit.now)
    if at is None:
        raise NotFound
    return {"link": link, "text": text_to_send(content_of(at.playing.version_id), link)}


def company_of(request: HttpRequest, visit: Visit, live: LiveCampaign) -> dict[str, Any]:
    """What scripts need beside the view: is the number proven, does inviting work here, who invites."""
    proven = visit.participant_id is not None and is_proven(visit.participant_id)
    return {
        "proven": proven,
        "invites": invites_here(request, visit),
        "invited": invited_here(request, visit, live),
    }
