"""Where a phone stands in a campaign: new, playing, or finished with so many attempts left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from campaigns.editions import turn_of
from campaigns.games.base import Json
from campaigns.live import LiveCampaign, content_of
from campaigns.parties import AtParty, may_open, party_of
from privacy.models import Participant


@dataclass(frozen=True, slots=True)
class Standing:
    """The last play of one participant, as they may see it."""

    campaign_id: UUID
    state: Literal["new", "playing", "finished"]
    attempts_left: int
    play_id: UUID | None = None
    view: Json | None = None


def standing_of(participant_id: UUID | None, live: LiveCampaign, now: datetime) -> Standing:
    """Reads only. A play keeps the version it began with, and its rules."""
    if live.content.game.shared_by == "party":
        return _standing_at_party(participant_id, live, now)
    attempts = live.content.game.attempts(live.content.settings)
    turn = turn_of(participant_id, live, now) if participant_id else None
    if turn is None or turn.last is None:
        return Standing(live.id, "new", attempts)
    last = turn.last
    content = content_of(last.version_id)
    return Standing(
        campaign_id=live.id,
        state="playing" if last.finished_at is None else "finished",
        attempts_left=max(0, attempts - turn.used),
        play_id=last.id,
        view=content.game.view(content.settings, last.state, now),
    )


def _standing_at_party(participant_id: UUID | None, live: LiveCampaign, now: datetime) -> Standing:
    """A party that ended without a service may be begun anew by whoever may open one."""
    at = party_of(participant_id, live, now)
    if at is None:
        return Standing(live.id, "new", 1)
    return Standing(
        campaign_id=live.id,
        state="finished" if at.playing.finished else "playing",
        attempts_left=int(not at.playing.view["passed"] and _may_begin(at)),
        play_id=at.playing.play_id,
        view=at.playing.view,
    )


def _may_begin(at: AtParty) -> bool:
    game = content_of(at.playing.version_id)
    return at.seat == game.game.seats[0].key or may_open(game, at.seat)


def is_living(participant_id: UUID) -> bool:
    """Neither a stranger to this database nor forgotten from another device."""
    mine = Participant.objects.filter(pk=participant_id).exclude(state=Participant.State.FORGOTTEN)
    return bool(mine.exists())


def is_forgotten(participant_id: UUID) -> bool:
    """Erased, at the person's wish or when their time was up."""
    return bool(Participant.objects.filter(pk=participant_id, state=Participant.State.FORGOTTEN).exists())
