"""Counting straight from the ledger, without the folded figures: what reports stand on.

Every count takes a campaign and a basis. It is one SQL statement over the ledger's rows, so it is also the
independent check of the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from analytics.reports.base import Basis
from analytics.stages import ANSWERED, STAGE_OF_VERB, Stage

# The campaign's entries within the basis, each with the participant it is about.
_BOUND = "at < %(until)s AND (transaction, id) <= (%(transaction)s::text::xid8, %(entry)s)"
_NAMED = """
coalesce(CASE WHEN actor_kind = 'participant' THEN actor_id END, (data->>'participant')::uuid)
"""
_TOLD = f"""
WITH within AS (
    SELECT *, {_NAMED} AS named FROM ledger_entry WHERE campaign_id = %(campaign)s AND {_BOUND}
), held AS (
    SELECT DISTINCT ON (subject_id) subject_id, named FROM within
     WHERE verb = 'rewards.granted' ORDER BY subject_id, transaction, id
), told AS (
    SELECT within.*, coalesce(within.named, held.named) AS participant
      FROM within LEFT JOIN held ON held.subject_id = within.subject_id
), steps AS (
    SELECT told.*, stage FROM told
      JOIN unnest(%(verbs)s::text[], %(stages)s::text[]) AS known(known_verb, stage) ON known_verb = verb
     WHERE participant IS NOT NULL
    UNION ALL
    SELECT told.*, 'passed' FROM told
     WHERE participant IS NOT NULL AND verb = 'play.finished' AND data->'passed' = 'true'::jsonb
)
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


def stage_counts(campaign_id: UUID, basis: Basis) -> dict[Stage, Count]:
    """Distinct people and events by stage."""
    rows = ask(
        "SELECT stage, count(DISTINCT participant), count(*) FROM steps GROUP BY stage", campaign_id, basis
    )
    found = {Stage(stage): Count(people, events) for stage, people, events in rows}
    return {stage: found.get(stage, Count(0, 0)) for stage in Stage}


def channel_counts(campaign_id: UUID, basis: Basis, stage: Stage) -> dict[str, int]:
    """Distinct people at a stage, by the channel of their first entry in the campaign."""
    rows = ask(
        """
        , first AS (
            SELECT DISTINCT ON (participant) participant, channel FROM steps
             ORDER BY participant, transaction, id
        )
        SELECT first.channel, count(DISTINCT steps.participant)
          FROM steps JOIN first USING (participant) WHERE stage = %(stage)s GROUP BY 1 ORDER BY 1
        """,
        campaign_id,
        basis,
        stage=stage.value,
    )
    return dict(rows)


def answer_counts(campaign_id: UUID, basis: Basis) -> dict[str, Answers]:
    """Answers given and right ones, by question."""
    rows = ask(
        """
        SELECT coalesce(data->>'question', ''), count(*),
               count(*) FILTER (WHERE data->'correct' = 'true'::jsonb)
          FROM told WHERE verb = %(verb)s GROUP BY 1 ORDER BY 1
        """,
        campaign_id,
        basis,
        verb=ANSWERED,
    )
    return {question: Answers(answered, correct) for question, answered, correct in rows}


def deed_counts(campaign_id: UUID, basis: Basis, verbs: Sequence[str]) -> dict[str, Count]:
    """Deeds of these verbs that concern this campaign's participants, whatever campaign they name."""
    rows = ask(
        f"""
        , crowd AS (SELECT DISTINCT participant FROM told WHERE participant IS NOT NULL)
        SELECT verb, count(DISTINCT who), count(*)
          FROM (SELECT verb, campaign_id,
                       CASE WHEN subject_kind = 'participant' THEN subject_id ELSE {_NAMED} END AS who
                  FROM ledger_entry
                 WHERE verb = ANY(%(deeds)s) AND {_BOUND} AND at >= (SELECT min(at) FROM told)) deeds
         WHERE who IN (SELECT participant FROM crowd)
           AND (campaign_id IS NULL OR campaign_id = %(campaign)s)
         GROUP BY verb
        """,  # noqa: S608 - put together from the constants above
        campaign_id,
        basis,
        deeds=list(verbs),
    )
    found = {verb: Count(people, events) for verb, people, events in rows}
    return {verb: found.get(verb, Count(0, 0)) for verb in verbs}


def entry_count(campaign_id: UUID, basis: Basis) -> int:
    """How many entries of the campaign the basis holds."""
    return int(ask("SELECT count(*) FROM told", campaign_id, basis)[0][0])


def ask(question: str, campaign_id: UUID, basis: Basis, **more: Any) -> list[tuple[Any, ...]]:
    """Rows of a question over ``told`` (the campaign's entries, with whom they are about) and ``steps``."""
    parameters: dict[str, Any] = {
        "campaign": campaign_id,
        "until": basis.until,
        "transaction": str(basis.position.transaction),
        "entry": basis.position.id,
        "verbs": list(STAGE_OF_VERB),
        "stages": [stage.value for stage in STAGE_OF_VERB.values()],
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD + question, parameters)
        return list(cursor.fetchall())
