"""From what a game says was earned to a service granted, in the transaction of the move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from campaigns.content import Content
from campaigns.games.base import Earned, Points
from campaigns.statements import LockedPlay
from kernel.actor import Actor
from kernel.errors import DomainError
from kernel.timekeeping import end_of_day
from rewards.models import Grant
from rewards.points import spend_points, win_points
from rewards.usecases import grant_benefit


class NothingForPoints(DomainError):
    """The campaign attaches no service to its points."""

    code = "nothing_for_points"
    zh = "本活动暂无可兑换的服务，积分没有扣除。"
    en = "There is no service to exchange for here; no points were taken."


def give_earned(
    *, actor: Actor, play: LockedPlay, content: Content, earned: Sequence[Earned], now: datetime
) -> tuple[UUID, ...]:
    """The grants for what this move earned; an occasion that was met before gives the same grant again.

    An award the campaign attaches no service to earns nothing but the result itself.
    """
    for won in earned:
        if won.price and won.award not in content.frame.awards:
            raise NothingForPoints
    granted = [won for won in earned if won.award in content.frame.awards]
    grants = [_grant(actor, play, content, won, now) for won in granted]
    for won, grant in zip(granted, grants, strict=True):
        if won.price:
            spend_points(actor=actor, grant=grant, amount=won.price, now=now)
    return tuple(grant.id for grant in grants)


def give_points(
    *, actor: Actor, play: LockedPlay, content: Content, points: Sequence[Points], now: datetime
) -> None:
    """The points this move won, each occasion once; they lapse on the day the rules publish."""
    lasts = content.game.points_lapse_after(content.settings)
    if lasts is None:
        return
    for won in points:
        win_points(
            actor=actor,
            participant_id=actor.id,
            campaign_id=play.campaign_id,
            version_id=play.version_id,
            amount=won.amount,
            occasion=won.occasion,
            lapses_at=end_of_day(content.frame.ends_on) + lasts,
            now=now,
        )


def _grant(actor: Actor, play: LockedPlay, content: Content, won: Earned, now: datetime) -> Grant:
    return grant_benefit(
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
