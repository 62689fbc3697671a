"""A crowd of simulated people, and a second, independent way of counting them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from kernel.actor import SYSTEM, Actor, Ref
from kernel.ids import new_id
from kernel.timekeeping import SHANGHAI
from ledger.record import record

CHANNELS = ("", "wechat", "branch-01", "app")
QUESTIONS = tuple(f"q{number}" for number in range(1, 7))


@dataclass
class Crowd:
    """Plays campaigns at random by writing ledger entries, and remembers the truth."""

    campaigns: list[UUID]
    luck: random.Random
    start: datetime
    version: UUID = field(default_factory=new_id)
    clerk: Actor = field(default_factory=lambda: Actor("staff", new_id()))
    people: defaultdict[tuple[UUID, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    events: defaultdict[tuple[UUID, str], int] = field(default_factory=lambda: defaultdict(int))
    answers: defaultdict[tuple[UUID, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    channel_of: dict[tuple[UUID, UUID], str] = field(default_factory=dict)
    day_of: dict[tuple[UUID, UUID, str], str] = field(default_factory=dict)

    def play(self, participants: int) -> int:
        """Let so many people come; how many entries were written."""
        written = 0
        for _someone in range(participants):
            written += self._visit(new_id())
        return written

    def _visit(self, person: UUID) -> int:
        luck = self.luck
        campaign = luck.choice(self.campaigns)
        actor = Actor("participant", person)
        written = 0
        for _time in range(luck.choice((1, 1, 1, 2, 3))):
            channel = luck.choice(CHANNELS)
            at = self.start + timedelta(minutes=luck.randrange(0, 7 * 24 * 60))
            written += self._tell("play.seen", "seen", actor, campaign, channel, at)
            if luck.random() < 0.3:
                continue
            written += self._tell("play.started", "started", actor, campaign, channel, at)
            for question in luck.sample(QUESTIONS, luck.randrange(0, len(QUESTIONS))):
                correct = luck.random() < 0.7
                option = "A" if correct else luck.choice("BCD")
                self._write(
                    "play.answered",
                    actor,
                    campaign,
                    channel,
                    at,
                    question=question,
                    option=option,
                    correct=correct,
                )
                self.answers[campaign, question][0] += 1
                self.answers[campaign, question][1] += correct
                written += 1
            if luck.random() < 0.25:
                continue
            passed = luck.random() < 0.6
            written += self._tell(
                "play.finished", "finished", actor, campaign, channel, at, score=80, passed=passed
            )
            if not passed:
                continue
            self._note("passed", actor.id, campaign, channel, at)
            written += self._reward(actor, campaign, channel, at)
        return written

    def _reward(self, actor: Actor, campaign: UUID, channel: str, at: datetime) -> int:
        grant = Ref("grant", new_id())
        by_system = self.luck.random() < 0.5
        named = {"participant": str(actor.id)} if by_system else {}
        self._write(
            "rewards.granted", SYSTEM if by_system else actor, campaign, channel, at, subject=grant, **named
        )
        self._note("granted", actor.id, campaign, channel, at)
        if self.luck.random() < 0.4:
            return 1
        self._write("rewards.booked", actor, campaign, channel, at, subject=grant)
        self._note("booked", actor.id, campaign, channel, at)
        if self.luck.random() < 0.4:
            return 2
        # The clerk's entry names the grant alone; whose it is was said when it was granted.
        self._write("rewards.redeemed", self.clerk, campaign, channel, at, subject=grant)
        self._note("redeemed", actor.id, campaign, channel, at)
        return 3

    def _tell(
        self, verb: str, stage: str, actor: Actor, campaign: UUID, channel: str, at: datetime, **data: object
    ) -> int:
        self._write(verb, actor, campaign, channel, at, **data)
        self._note(stage, actor.id, campaign, channel, at)
        return 1

    def _note(self, stage: str, person: UUID, campaign: UUID, channel: str, at: datetime) -> None:
        self.events[campaign, stage] += 1
        self.people[campaign, stage].add(person)
        self.channel_of.setdefault((campaign, person), channel)
        self.day_of.setdefault((campaign, person, stage), at.astimezone(SHANGHAI).date().isoformat())

    def _write(
        self,
        verb: str,
        actor: Actor,
        campaign: UUID,
        channel: str,
        at: datetime,
        *,
        subject: Ref | None = None,
        **data: object,
    ) -> None:
        record(
            verb,
            actor=actor,
            subject=subject or Ref("play", new_id()),
            at=at,
            campaign_id=campaign,
            version_id=self.version,
            channel=channel,
            **data,
        )


def by_day_and_channel(crowd: Crowd, campaign: UUID, stage: str) -> dict[tuple[str, str], int]:
    """The truth for one stage: first-timers by day and first channel."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for person in crowd.people[campaign, stage]:
        counted[crowd.day_of[campaign, person, stage], crowd.channel_of[campaign, person]] += 1
    return dict(counted)


def stages(crowd: Crowd) -> Iterable[tuple[UUID, str]]:
    return sorted(crowd.people, key=str)
