"""The play of two on the phone: the same doors as every play, with the seat, the device and the container."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from campaigns.games.base import Move
from campaigns.live import LiveCampaign
from campaigns.parties import is_proven
from campaigns.player.devices import device_of, invitation_of, invites_here
from campaigns.player.doors import Visit
from campaigns.usecases import Played
from campaigns.usecases.parties import move_party, share_party, start_party

SHARE = "share"


def is_for_two(live: LiveCampaign) -> bool:
    return live.content.game.shared_by == "party"


def start_together(request: HttpRequest, visit: Visit, *, own: bool, channel: str) -> None:
    """Come to one's own party, or to the one whose invitation this phone followed."""
    start_party(
        actor=visit.actor,
        code=visit.code,
        invitation=invitation_of(request, visit),
        own=own,
        device=device_of(request, visit),
        channel=channel,
        now=visit.now,
    )


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


def invitation_link(request: HttpRequest, visit: Visit, party_id: UUID) -> str:
    """The address to pass on; the words beside it are the campaign's, not the sender's."""
    invitation = share_party(
        actor=visit.actor,
        code=visit.code,
        party_id=party_id,
        device=device_of(request, visit),
        now=visit.now,
    )
    return request.build_absolute_uri(f"{visit.links['home']}?p={invitation}")


def company_of(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """What the scripts need beside the view: is the number proven, does inviting work here."""
    proven = visit.participant_id is not None and is_proven(visit.participant_id)
    return {"proven": proven, "invites": invites_here(request, visit)}
