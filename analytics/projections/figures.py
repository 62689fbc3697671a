"""The figures of a campaign: stages, days, channels, answers (F2, F39)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from analytics.models import AnswerTally, Holding, Person, Reached, Tally
from analytics.projections.base import Projection
from analytics.stages import ANSWERED, Stage, participant_of, stages_of, stages_up_to
from analytics.sums import add_up
from kernel.timekeeping import local_day
from ledger.models import Entry

GRANTED = "rewards.granted"


class _Step(NamedTuple):
    """One participant at one stage of one campaign."""

    campaign_id: UUID
    participant_id: UUID
    stage: Stage
    day: date
    channel: str
    at: datetime


class Figures(Projection):
    """Counts events and, once each, the people behind them."""

    name = "figures"

    def apply(self, entries: Sequence[Entry]) -> None:
        self._keep_holdings(entries)
        steps = self._steps(entries)
        channels = self._admit(steps)
        first = self._first_times(steps)
        self._count_steps(steps, channels, first)
        self._count_answers(entries)

    def forget(self) -> None:
        for model in (Person, Reached, Tally, AnswerTally, Holding):
            model.objects.all().delete()

    def _keep_holdings(self, entries: Sequence[Entry]) -> None:
        granted = {
            entry.subject_id: Holding(
                subject_id=entry.subject_id, campaign_id=entry.campaign_id, participant_id=participant
            )
            for entry in reversed(entries)
            if entry.verb == GRANTED and (participant := participant_of(entry))
        }
        if granted:
            Holding.objects.bulk_create(granted.values(), ignore_conflicts=True)

    def _steps(self, entries: Sequence[Entry]) -> list[_Step]:
        told = [(entry, stages) for entry in entries if (stages := stages_of(entry))]
        holdings = _holdings_of(entry for entry, _ in told)
        steps = []
        for entry, stages in told:
            holding = holdings.get(_held(entry))
            participant = participant_of(entry) or (holding.participant_id if holding else None)
            campaign = entry.campaign_id or (holding.campaign_id if holding else None)
            if participant is None or campaign is None:
                continue
            steps += [
                _Step(campaign, participant, stage, local_day(entry.at), entry.channel, entry.at)
                for stage in stages
            ]
        return steps

    def _admit(self, steps: Sequence[_Step]) -> dict[tuple[UUID, UUID], str]:
        """The channel of each person in the batch, newcomers included."""
        newcomers: dict[tuple[UUID, UUID], _Step] = {}
        for step in steps:
            newcomers.setdefault((step.campaign_id, step.participant_id), step)
        known = {
            (person.campaign_id, person.participant_id): person.channel
            for person in Person.objects.filter(
                campaign_id__in={campaign for campaign, _ in newcomers},
                participant_id__in={participant for _, participant in newcomers},
            )
        }
        fresh = {key: step for key, step in newcomers.items() if key not in known}
        Person.objects.bulk_create(
            [
                Person(
                    campaign_id=campaign, participant_id=participant, channel=step.channel, first_at=step.at
                )
                for (campaign, participant), step in fresh.items()
            ]
        )
        return known | {key: step.channel for key, step in fresh.items()}

    def _first_times(self, steps: Sequence[_Step]) -> list[_Step]:
        """Stages that somebody reached for the first time, by a step at them or at one beyond."""
        earliest: dict[tuple[UUID, UUID, str], _Step] = {}
        for step in steps:
            for stage in stages_up_to(step.stage):
                earliest.setdefault(
                    (step.campaign_id, step.participant_id, stage), step._replace(stage=stage)
                )
        known = set(
            Reached.objects.filter(
                campaign_id__in={key[0] for key in earliest}, participant_id__in={key[1] for key in earliest}
            ).values_list("campaign_id", "participant_id", "stage")
        )
        first = [step for key, step in earliest.items() if key not in known]
        Reached.objects.bulk_create(
            [
                Reached(
                    campaign_id=step.campaign_id,
                    participant_id=step.participant_id,
                    stage=step.stage,
                    day=step.day,
                )
                for step in first
            ]
        )
        return first

    def _count_steps(
        self, steps: Sequence[_Step], channels: dict[tuple[UUID, UUID], str], first: Sequence[_Step]
    ) -> None:
        def place(step: _Step) -> tuple[object, ...]:
            channel = channels[step.campaign_id, step.participant_id]
            return (step.campaign_id, step.day, channel, step.stage.value)

        events, people = Counter(map(place, steps)), Counter(map(place, first))
        add_up(
            Tally,
            keys=("campaign_id", "day", "channel", "stage"),
            sums=("events", "people"),
            rows=[(*key, events[key], people[key]) for key in events | people],
        )

    def _count_answers(self, entries: Sequence[Entry]) -> None:
        answered: Counter[tuple[object, ...]] = Counter()
        correct: Counter[tuple[object, ...]] = Counter()
        for entry in entries:
            if entry.verb != ANSWERED or entry.campaign_id is None:
                continue
            question, option = (
                str(entry.data.get("question", ""))[:64],
                str(entry.data.get("option", ""))[:64],
            )
            key = (entry.campaign_id, entry.version_id, question, option)
            answered[key] += 1
            correct[key] += entry.data.get("correct") is True
        add_up(
            AnswerTally,
            keys=("campaign_id", "version_id", "question", "option"),
            sums=("answered", "correct"),
            rows=[(*key, count, correct[key]) for key, count in answered.items()],
        )


def _held(entry: Entry) -> UUID:
    """The grant an entry speaks of."""
    named = entry.data.get("grant")
    return UUID(named) if isinstance(named, str) else entry.subject_id


def _holdings_of(entries: Iterable[Entry]) -> dict[UUID, Holding]:
    """The grants behind the entries that do not say whose they are."""
    unclear = {
        _held(entry) for entry in entries if participant_of(entry) is None or entry.campaign_id is None
    }
    if not unclear:
        return {}
    return {holding.subject_id: holding for holding in Holding.objects.filter(subject_id__in=unclear)}
