"""From what a game says was earned to a service granted, in the transaction of the move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from campaigns.content import Content
from campaigns.games.base import Earned
from campaigns.statements import LockedPlay
from kernel.actor import Actor
from rewards.usecases import grant_benefit


def give_earned(
    *, actor: Actor, play: LockedPlay, content: Content, earned: Sequence[Earned], now: datetime
) -> tuple[UUID, ...]:
    """The grants for what this move earned; an occasion that was met before gives the same grant again.

    An award the campaign attaches no service to earns nothing but the result itself.
    """
    grants = [
        grant_benefit(
            actor=actor,
            participant_id=actor.id,
            benefit_id=content.frame.awards[won.award].benefit,
            occasion=won.award if won.occasion == "once" else f"{won.award}:{won.occasion}",
            campaign_id=play.campaign_id,
            version_id=play.version_id,
            channel=play.channel,
            variant=play.variant,
            now=now,
        )
        for won in earned
        if won.award in content.frame.awards
    ]
    return tuple(grant.id for grant in grants)
