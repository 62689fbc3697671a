"""What one step of a party writes: state, ledger and every seat's service, together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from campaigns.content import Content
from campaigns.games.base import Earned, Event, Move, Step
from campaigns.models import Party, PartyMember
from kernel.actor import SYSTEM, Actor, Ref
from ledger.record import record
from rewards.usecases import grant_benefit

_SEATED = PartyMember.State.SEATED


def settle_step(
    actor: Actor,
    party: Party,
    mine: PartyMember,
    content: Content,
    step: Step,
    move: Move,
    key: str,
    *,
    now: datetime,
) -> tuple[UUID, ...]:
    """State, ledger and services of one step, together or not at all."""
    if step.state == party.state and not step.events:
        return ()
    party.state, party.revision = step.state, party.revision + 1
    if step.finished:
        party.status, party.ended_at = _ending(step), now
    party.save(update_fields=["state", "revision", "status", "ended_at"])
    mine.last_key, mine.last_reply = key, step.reply
    if move.kind == "leave":
        mine.state = PartyMember.State.LEFT
    mine.save(update_fields=["last_key", "last_reply", "state"])
    _record_events(actor, party, mine, step.events, now=now)
    granted = _grant_each(actor, party, content, step.earned, now=now)
    if step.finished and party.status != Party.Status.COMPLETE:
        PartyMember.objects.filter(party=party, state=_SEATED).update(state=PartyMember.State.OVER)
    return tuple(grant for participant, grant in granted if participant == mine.participant_id)


def _ending(step: Step) -> str:
    return Party.Status.COMPLETE if step.earned else Party.Status.ENDED


def _record_events(
    actor: Actor, party: Party, mine: PartyMember, events: Sequence[Event], *, now: datetime
) -> None:
    """Each under the one it happened to: the mover, or whoever sits at the seat the event names."""
    for event in events:
        facts: dict[str, Any] = {"seat": mine.seat, **event.facts}
        who, whose = actor, mine
        if event.seat not in ("", mine.seat):
            who, whose = SYSTEM, PartyMember.objects.get(party=party, seat=event.seat, state=_SEATED)
            facts |= {"seat": whose.seat, "participant": str(whose.participant_id)}
        record(
            event.verb, actor=who, subject=Ref("party", party.id), at=now, campaign_id=party.campaign_id,
            version_id=party.version_id, channel=whose.channel, **facts,
        )  # fmt: skip


def _grant_each(
    actor: Actor, party: Party, content: Content, earned: Sequence[Earned], *, now: datetime
) -> list[tuple[UUID, UUID]]:
    """Each seat's service for whoever sits there. An award without a service earns only the result."""
    sitting = {
        member.seat: member
        for member in PartyMember.objects.filter(party=party, state=_SEATED).order_by("id")
    }
    granted = []
    for won in earned:
        if won.award not in content.frame.awards:
            continue
        member = sitting[won.seat]
        grant = grant_benefit(
            actor=actor if member.participant_id == actor.id else SYSTEM,
            participant_id=member.participant_id,
            benefit_id=content.frame.awards[won.award].benefit,
            occasion=won.award,
            campaign_id=party.campaign_id,
            version_id=party.version_id,
            channel=member.channel,
            now=now,
        )
        granted.append((member.participant_id, grant.id))
    return granted
