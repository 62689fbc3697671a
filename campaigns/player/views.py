"""The phone's play: the shell, the one small personal call, and the hot path of moves."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.games.base import Move
from campaigns.live import LiveCampaign, live_campaign, open_campaign
from campaigns.player import limits
from campaigns.player.arriving import begin, promised, remembered
from campaigns.player.channels import channel_named
from campaigns.player.devices import forget_invitation, mark_page
from campaigns.player.doors import Visit, player_door
from campaigns.player.reading import Standing, standing_of
from campaigns.player.shell import shell_of
from campaigns.player.tickets import tickets_of
from campaigns.player.together import (
    SHARE,
    company_of,
    invitation_to_send,
    is_for_two,
    move_together,
    start_together,
)
from campaigns.usecases import Played, move_play, record_seen, start_play
from kernel.errors import BadRequest, NotFound
from kernel.problem import problem
from kernel.wire import decode, json_reply

SMALL_BODY = 8 * 1024
LONGEST_KEY = 64

Word = Annotated[str, msgspec.Meta(max_length=64)]


class Arrival(msgspec.Struct, forbid_unknown_fields=True):
    """What a phone says when a campaign is opened or begun."""

    channel: Annotated[str, msgspec.Meta(max_length=256)] = ""
    again: bool = False


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a phone says of a move. Nothing in it is believed before the game has looked."""

    play: UUID
    kind: Word
    values: dict[Word, str | int | bool | None] = {}


class KeyTooLong(BadRequest):
    code = "bad_idempotency_key"
    zh = "请求编号无效。"
    en = "The Idempotency-Key is not valid: 1 to 64 printable ASCII characters."


@require_http_methods(["GET", "HEAD"])
@player_door
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The shell. Phones ask each time whether it changed, so that a pause or a stop acts at once."""
    live = open_campaign(visit.code, visit.now)
    shell = shell_of(live, visit)
    if request.headers.get("If-None-Match") == shell.etag:
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(shell.packed, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(shell.body)
    response.headers["ETag"] = shell.etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding, Accept-Language"
    return mark_page(request, response, visit) if is_for_two(live) else response


@player_door
def nowhere(_request: HttpRequest, _visit: Visit, _rest: str) -> HttpResponse:
    """An address of this campaign that leads nowhere is told so in its own colours. Raises NotFound."""
    raise NotFound


@require_GET
@player_door
def me(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Where this phone stands. Changes nothing; a new phone is promised the pseudonym it will begin under."""
    live = live_campaign(visit.code)
    standing = standing_of(visit.participant_id, live, visit.now)
    told = {"csrf": get_token(request), **_told(visit, standing), **_company(request, visit, live)}
    return promised(request, json_reply(told), visit)


@require_POST
@player_door
def seen(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The campaign was looked at; the first time gives the phone its pseudonym."""
    arrival = decode(request, Arrival, limit=SMALL_BODY)
    live = live_campaign(visit.code)
    channel = channel_named(arrival.channel, live.id)
    newcomer = begin(request, visit, live.id, channel)
    record_seen(actor=visit.actor, code=visit.code, channel=channel, now=visit.now)
    return remembered(json_reply({}), visit, newcomer)


@require_POST
@player_door
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Begin, or go on where this phone was."""
    arrival = decode(request, Arrival, limit=SMALL_BODY)
    live = open_campaign(visit.code, visit.now)
    channel = channel_named(arrival.channel, live.id)
    newcomer = begin(request, visit, live.id, channel)
    if is_for_two(live):
        return remembered(_started_together(request, visit, live, arrival.again, channel), visit, newcomer)
    start_play(actor=visit.actor, code=visit.code, channel=channel, again=arrival.again, now=visit.now)
    told = _told(visit, standing_of(visit.participant_id, live, visit.now))
    return remembered(json_reply(told), visit, newcomer)


@require_POST
@player_door
def move(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One move. The same Idempotency-Key again is told the same again."""
    asked = decode(request, Asked, limit=SMALL_BODY)
    key = idempotency_key(request)
    limits.pace_moves(visit.actor.id)
    move = Move(asked.kind, asked.values)
    if is_for_two(live_campaign(visit.code)):
        return _moved_together(request, visit, asked.play, move, key)
    played = move_play(
        actor=visit.actor, code=visit.code, play_id=asked.play, move=move, key=key, now=visit.now
    )
    limits.note_move(request, is_first=played.is_first)
    return json_reply(_answer(played))


def idempotency_key(request: HttpRequest) -> str:
    """The caller's key, or nothing. Raises KeyTooLong."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or not key.isascii() or (key and not key.isprintable()):
        raise KeyTooLong
    return key


def _started_together(
    request: HttpRequest, visit: Visit, live: LiveCampaign, own: bool, channel: str
) -> HttpResponse:
    """The place taken. An invitation that leads nowhere, or is declined, is forgotten in the same answer."""
    refusal = start_together(request, visit, own=own, channel=channel)
    if refusal is not None:
        return forget_invitation(problem(request, refusal), visit)
    told = _told(visit, standing_of(visit.participant_id, live, visit.now))
    reply = json_reply({**told, **_company(request, visit, live), **({"invited": None} if own else {})})
    return forget_invitation(reply, visit) if own else reply


def _moved_together(request: HttpRequest, visit: Visit, party_id: UUID, move: Move, key: str) -> HttpResponse:
    if move.kind == SHARE:
        sent = invitation_to_send(request, visit, party_id)
        standing = standing_of(visit.participant_id, live_campaign(visit.code), visit.now)
        return json_reply({"reply": sent, "view": standing.view, "finished": False})
    played = move_together(request, visit, party_id=party_id, move=move, key=key)
    limits.note_move(request, is_first=played.is_first)
    return json_reply(_answer(played))


def _company(request: HttpRequest, visit: Visit, live: LiveCampaign) -> dict[str, Any]:
    return company_of(request, visit, live) if is_for_two(live) else {}


def _answer(played: Played) -> dict[str, Any]:
    return {"reply": played.reply, "view": played.view, "finished": played.finished}


def _told(visit: Visit, standing: Standing) -> dict[str, Any]:
    """A standing as the scripts read it; what was earned comes with its next step."""
    told: dict[str, Any] = {
        "state": standing.state,
        "play": standing.play_id,
        "view": standing.view,
        "attempts_left": standing.attempts_left,
        "earned": [],
    }
    if standing.state == "finished" and visit.participant_id is not None:
        told["earned"] = [
            {"name": each.name, "text": each.text, "action": each.action, "link": each.link}
            for each in tickets_of(visit, campaign_id=standing.campaign_id)
            if each.action
        ]
    return told
