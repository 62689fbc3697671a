"""A bare view: the same statements by hand, the same middleware, none of our floors."""

from __future__ import annotations

import json
import os
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from kernel.scope import scope
from tests.bench import sql

LOCK = sql.LOCK.format(play="%s", participant="%s")
SETTLE = sql.SETTLE.format(
    state="%s",
    key="%s",
    reply="%s",
    play="%s",
    institution="%s",
    participant="%s",
    campaign="%s",
    version="%s",
    facts="%s",
)


def answer(request: HttpRequest) -> HttpResponse:
    """Take an answer at its word and write it down."""
    asked = json.loads(request.body)
    play, participant = asked["play"], request.headers["X-Participant"]
    institution = os.environ["BENCH_INSTITUTION"]
    facts = {"question": asked["values"]["question"], "option": asked["values"]["option"], "correct": False}
    with scope(UUID(institution)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, (play, participant))
        row = cursor.fetchone()
        campaign, version, state = row[0], row[1], json.loads(row[5])
        state["answers"][facts["question"]] = {"option": facts["option"], "correct": False}
        reply = {"question": facts["question"], "correct": False}
        key = request.headers["Idempotency-Key"]
        values = (json.dumps(state), key, json.dumps(reply), play, institution, participant, play)
        cursor.execute(SETTLE, (*values, str(campaign), str(version), json.dumps(facts)))
    return HttpResponse(json.dumps({"reply": reply, "view": state}), content_type="application/json")
