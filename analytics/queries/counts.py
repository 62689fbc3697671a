"""Counting straight from the ledger, without the folded figures: what reports stand on.

Every count takes a campaign and a basis. Each is one SQL statement that goes through the campaign's entries
once and brings back a handful of rows, so that a million participants are counted in bounded time and memory;
and it is the independent check of the figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection, transaction

from analytics.reports.base import EXACT_STAGES, Basis
from analytics.stages import ANSWERED, STAGE_OF_VERB, Stage, stages_up_to

SORTING_MEMORY = "96MB"

_BITS = {stage: 1 << place for place, stage in enumerate(Stage)}

# The campaign's entries within the basis, each with whom it is about. An entry of a stage that names only the
# grant is about whoever was granted it: looked up one by one, for they are few.
_BOUND = (
    "at < %(until)s AND transaction <= %(transaction)s::text::xid8"
    " AND (transaction, id) <= (%(transaction)s::text::xid8, %(entry)s)"
)
_NAMED = "coalesce(CASE WHEN actor_kind = 'participant' THEN actor_id END, (data->>'participant')::uuid)"
_PARTICIPANT = f"""
coalesce({_NAMED}, CASE WHEN verb = ANY(%(verbs)s) THEN (
    SELECT (array_agg({_NAMED.replace("data", "granted.data").replace("actor_", "granted.actor_")}
                      ORDER BY granted.transaction, granted.id))[1]
      FROM ledger_entry AS granted
     WHERE granted.subject_id = ledger_entry.subject_id AND granted.verb = 'rewards.granted'
       AND granted.campaign_id = %(campaign)s AND granted.at < %(until)s
       AND (granted.transaction, granted.id) <= (%(transaction)s::text::xid8, %(entry)s)
) END)
"""  # noqa: S608 - put together from the constants above
_WITHIN = f"ledger_entry WHERE campaign_id = %(campaign)s AND {_BOUND}"

_EVENTS = f"""
SELECT verb, channel, question, good, named, count(*), min(at) FROM (
    SELECT verb, channel, at, {_NAMED} IS NOT NULL AS named,
           CASE verb WHEN '{ANSWERED}' THEN coalesce(data->>'question', '') END AS question,
           CASE verb WHEN '{ANSWERED}' THEN data->'correct' = 'true'::jsonb
                     WHEN 'play.finished' THEN data->'passed' = 'true'::jsonb END AS good
      FROM {_WITHIN}
) AS told GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - put together from the constants above
_HELD = f"""
SELECT verb, data->'passed' = 'true'::jsonb, count(*)
  FROM {_WITHIN} AND verb = ANY(%(verbs)s) AND {_NAMED} IS NULL AND {_PARTICIPANT} IS NOT NULL GROUP BY 1, 2
"""  # noqa: S608 - put together from the constants above


def _people(participant: LiteralString) -> LiteralString:
    return f"""
    SELECT first[3], stages, count(*) FROM (
        SELECT participant, bit_or(stage) AS stages,
               min(ARRAY[transaction::text::bigint, id, channel]) AS first
          FROM (
            SELECT transaction, id, array_position(%(channels)s::varchar[], channel) AS channel,
                   {participant} AS participant,
                   (%(bits)s::int[])[array_position(%(verbs)s, verb::text)]
                     | CASE WHEN verb = 'play.finished' AND data->'passed' = 'true'::jsonb THEN %(passed)s
                            ELSE 0 END AS stage
              FROM {_WITHIN} AND verb = ANY(%(verbs)s)
        ) AS steps WHERE participant IS NOT NULL GROUP BY participant
    ) AS people GROUP BY 1, 2
    """  # noqa: S608 - put together from the constants above


_DEEDS = f"""
WITH deeds AS MATERIALIZED (
    SELECT verb, CASE WHEN subject_kind = 'participant' THEN subject_id ELSE {_NAMED} END AS who
      FROM ledger_entry
     WHERE verb = ANY(%(deeds)s) AND {_BOUND} AND at >= %(since)s
       AND (campaign_id IS NULL OR campaign_id = %(campaign)s)
), crowd AS (
    SELECT DISTINCT {_NAMED} AS participant FROM {_WITHIN} AND {_NAMED} IN (SELECT who FROM deeds)
)
SELECT verb, count(DISTINCT who), count(*) FROM deeds JOIN crowd ON participant = who GROUP BY verb
"""  # noqa: S608 - put together from the constants above
# For questions of a report's own: `told`, the entries of some verbs with whom they are about.
_TOLD = f"""
WITH told AS (SELECT verb, transaction, id, data, {_PARTICIPANT} AS participant
                FROM {_WITHIN} AND verb = ANY(%(asked)s))
"""  # noqa: S608 - put together from the constants above


@dataclass(frozen=True, slots=True)
class Count:
    """How many people, how many events."""

    people: int
    events: int


@dataclass(frozen=True, slots=True)
class Answers:
    answered: int
    correct: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A campaign within a basis: entries, people and events by stage, people by first channel, answers."""

    entries: int = 0
    since: datetime | None = None
    stages: Mapping[Stage, Count] = field(default_factory=lambda: dict.fromkeys(Stage, Count(0, 0)))
    channels: Mapping[Stage, Mapping[str, int]] = field(
        default_factory=lambda: {stage: Counter() for stage in Stage}
    )
    answers: Mapping[str, Answers] = field(default_factory=dict)


def counted(campaign_id: UUID, basis: Basis) -> Counted:
    """Everything of the campaign that is counted by verb: two statements, however many entries there are; a
    third where entries of a stage name nobody.

    Raises OperationalError when one takes longer than the basis grants.
    """
    known = _basis_of(campaign_id, basis)
    rows = _asked(_EVENTS, known, basis.seconds)
    if not rows:
        return Counted()
    events: Counter[Stage] = Counter()
    answered: Counter[str] = Counter()
    correct: Counter[str] = Counter()
    steps = [(verb, good, count) for verb, _, _, good, named, count, _ in rows if named]
    unclear = any(verb in STAGE_OF_VERB and not named for verb, _, _, _, named, _, _ in rows)
    if unclear:
        steps += _asked(_HELD, known, basis.seconds)
    for verb, good, count in steps:
        if verb in STAGE_OF_VERB:
            events[STAGE_OF_VERB[verb]] += count
            events[Stage.PASSED] += count if good and verb == "play.finished" else 0
    for verb, _channel, question, good, _named, count, _at in rows:
        if verb == ANSWERED:
            answered[question] += count
            correct[question] += count if good else 0
    asked = _people(_PARTICIPANT if unclear else _NAMED)
    channels = _people_of(asked, known, sorted({row[1] for row in rows}), basis)
    return Counted(
        entries=sum(row[5] for row in rows),
        since=min(row[6] for row in rows),
        stages={stage: Count(channels[stage].total(), events[stage]) for stage in Stage},
        channels=channels,
        answers={question: Answers(count, correct[question]) for question, count in sorted(answered.items())},
    )


def deed_counts(campaign_id: UUID, basis: Basis, verbs: Sequence[str], since: datetime) -> dict[str, Count]:
    """Deeds of these verbs from ``since`` on that concern this campaign's participants, whatever campaign
    they name.
    """
    known = _basis_of(campaign_id, basis) | {"deeds": list(verbs), "since": since}
    rows = _asked(_DEEDS, known, basis.seconds)
    found = {verb: Count(people, events) for verb, people, events in rows}
    return {verb: found.get(verb, Count(0, 0)) for verb in verbs}


def ask(
    question: LiteralString, campaign_id: UUID, basis: Basis, verbs: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Rows of a question over ``told``: the campaign's entries of these verbs, with whom they are about."""
    known = _basis_of(campaign_id, basis) | {"asked": list(verbs)}
    return _asked(_TOLD + question, known, basis.seconds)


def _people_of(
    question: str, known: dict[str, Any], channels: Sequence[str], basis: Basis
) -> dict[Stage, Counter[str]]:
    """People by stage and by the channel of their first step."""
    bits = [_BITS[stage] for stage in STAGE_OF_VERB.values()]
    found: dict[Stage, Counter[str]] = {stage: Counter() for stage in Stage}
    known |= {"channels": list(channels), "bits": bits, "passed": _BITS[Stage.PASSED]}
    exact = basis.rules == EXACT_STAGES
    for channel, stages, people in _asked(question, known, basis.seconds):
        told = {stage for stage, bit in _BITS.items() if stages & bit}
        for stage in told if exact else {each for one in told for each in stages_up_to(one)}:
            found[stage][channels[channel - 1]] += people
    return found


def _basis_of(campaign_id: UUID, basis: Basis) -> dict[str, Any]:
    return {
        "campaign": campaign_id,
        "until": basis.until,
        "transaction": str(basis.position.transaction),
        "entry": basis.position.id,
        "verbs": list(STAGE_OF_VERB),
    }


def _asked(question: str, parameters: dict[str, Any], seconds: float) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true)",
            [str(round(seconds * 1000)), SORTING_MEMORY],
        )
        cursor.execute(question, parameters)
        return list(cursor.fetchall())
