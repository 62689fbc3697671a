"""The play without scripts: one question a page, one form, the explanation before the next question."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.games.base import Json, Move
from campaigns.live import LiveCampaign, open_campaign
from campaigns.player import limits
from campaigns.player.arriving import begin, promised, remembered
from campaigns.player.channels import channel_named
from campaigns.player.doors import Visit, page, player_door
from campaigns.player.reading import Standing, standing_of
from campaigns.player.shell import approval_number, page_of
from campaigns.player.texts import articles_cited
from campaigns.player.tickets import tickets_of
from campaigns.usecases import move_play, start_play
from campaigns.usecases.playing import MoveRefused
from kernel.typed import typed_address

LONGEST = 64
NOT_MOVES = ("csrfmiddlewaretoken", "kind", "channel")


@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def play(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Shows where the play stands; a posted form begins, moves, or tries again."""
    live = open_campaign(visit.code, visit.now)
    if request.method == "POST":
        return _posted(request, visit, live)
    return promised(request, _standing_page(request, visit, live), visit)


def _posted(request: HttpRequest, visit: Visit, live: LiveCampaign) -> HttpResponse:
    kind = request.POST.get("kind", "")[:LONGEST]
    if kind in ("start", "again"):
        channel = channel_named(request.POST.get("channel", "")[:256], live.id)
        newcomer = begin(request, visit, live.id, channel)
        start_play(actor=visit.actor, code=visit.code, channel=channel, again=kind == "again", now=visit.now)
        return remembered(HttpResponseRedirect(visit.links["play"]), visit, newcomer)
    return _moved(request, visit, live, kind)


def _moved(request: HttpRequest, visit: Visit, live: LiveCampaign, kind: str) -> HttpResponse:
    standing = standing_of(visit.actor.id, live, visit.now)
    if standing.play_id is None:
        return HttpResponseRedirect(visit.links["play"])
    limits.pace_moves(visit.actor.id)
    try:
        played = move_play(
            actor=visit.actor,
            code=visit.code,
            play_id=standing.play_id,
            move=Move(kind, _values(request)),
            now=visit.now,
        )
    except MoveRefused as refusal:
        return _standing_page(request, visit, live, fault=refusal.message(), status=refusal.status)
    limits.note_move(request, is_first=played.is_first)
    return HttpResponseRedirect(visit.links["play"])


def _standing_page(
    request: HttpRequest, visit: Visit, live: LiveCampaign, fault: str = "", status: int = 200
) -> HttpResponse:
    standing = standing_of(visit.participant_id, live, visit.now)
    plain = f"{live.content.game.key}/plain.html"
    articles = articles_cited(live.content)
    card = (standing.view or {}).get("card") or {}
    if not _exists(plain):
        fault = fault or _("这个互动需要浏览器开启脚本功能。请开启后重试，或拨打客服电话参与。")
    return page(
        request,
        visit,
        "player/play.html",
        status,
        page=page_of(live.content, visit.institution),
        approval=approval_number(live, visit.now),
        fault=fault,
        channel=_channel_told(request),
        plain_template=plain if _exists(plain) else "",
        standing=standing,
        view=standing.view,
        last=_last(standing, articles),
        card_article=articles.get(card.get("article", ""), ""),
        earned=_earned(visit, standing),
    )


def _earned(visit: Visit, standing: Standing) -> list[Any]:
    if standing.state != "finished":
        return []
    return [each for each in tickets_of(visit, campaign_id=standing.campaign_id) if each.action]


def _last(standing: Standing, articles: dict[str, str]) -> Json | None:
    """The answer given last, with its explanation, where the game tells answers."""
    history = (standing.view or {}).get("history") or []
    if not history:
        return None
    last: Json = history[-1]
    texts = {option["id"]: option["text"] for option in last.get("options", [])}
    right = "；".join(texts.get(letter, "") for letter in last.get("answer", ""))
    return {**last, "answer_text": right, "article_text": articles.get(last.get("article", ""), "")}


def _channel_told(request: HttpRequest) -> str:
    """The channel's token: of this address, or of the landing page whose link was followed."""
    came_from = parse_qs(typed_address(request.headers.get("Referer", "")).query)
    return (request.GET.get("ch") or came_from.get("ch", [""])[0])[:256]


def _values(request: HttpRequest) -> Json:
    """The form's fields as a move's values; several ticks of one name become one word of letters."""
    names = [name for name in request.POST if name not in NOT_MOVES][:10]
    return {name[:LONGEST]: "".join(request.POST.getlist(name))[:LONGEST] for name in names}


def _exists(template: str) -> bool:
    try:
        get_template(template)
    except TemplateDoesNotExist:
        return False
    return True
