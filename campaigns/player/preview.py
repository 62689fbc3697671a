"""The phone as staff see it before anyone else may: same page, same rules, nothing kept or collected.

The play of a preview lives in a signed text that the page carries from move to move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.content import Content, Unreadable
from campaigns.form_fields import fields_asked
from campaigns.games.base import ALONE, Json, Luck, Member, Move, Refused, Seat
from campaigns.models import Campaign, Version
from campaigns.player.booking_form import form_parts, needs_offered
from campaigns.player.doors import ELDER, VIEW_COOKIE, Visit, frame_of, policy_of
from campaigns.player.mending import mended, shown_first
from campaigns.player.shell import shell_context
from campaigns.player.texts import benefits_promised, notice_read
from campaigns.player.views import Word
from campaigns.player.wording import clock
from campaigns.usecases.playing import MoveRefused
from compliance.gate import approval_of
from kernel.actor import Ref
from kernel.errors import BadRequest, NotFound
from kernel.ids import new_id
from kernel.scope import current_institution
from kernel.wire import decode, json_reply
from tenancy.doors import StaffRequest, staff_door
from tenancy.models import Institution
from tenancy.roles import Permission
from tenancy.scope import institution_of

_SALT = "campaigns.player.preview"
_LARGEST_STATE = 64 * 1024
_LONGEST_REHEARSAL = 200


class Rehearsed(msgspec.Struct, forbid_unknown_fields=True):
    """A move in a preview, with the state it follows."""

    state: str
    kind: Word
    values: dict[Word, str | int | bool | None] = {}
    play: str | None = None


class Begun(msgspec.Struct, forbid_unknown_fields=True):
    """A preview begins like a play; where from and how often do not matter."""

    channel: Annotated[str, msgspec.Meta(max_length=256)] = ""
    again: bool = False


class StateSpoilt(BadRequest):
    """The state is not one of ours, of another campaign, or the draft has changed under it."""

    code = "preview_state"
    zh = "内容已更新，请刷新预览。"
    en = "The content has changed. Please reload the preview."


def preview_page(
    request: HttpRequest,
    *,
    institution: Institution,
    written: Mapping[str, Any],
    screen: str = "",
    item: int = 0,
    approval: str = "",
    choose: str = "",
) -> HttpResponse:
    """One screen of the phone for this content, finished or not: landing, question, result or book.

    `approval` is the number of an approved version; `choose` is answered at once, so that its
    explanation shows.
    """
    visit = _visit(request, institution)
    try:
        content = mended(shown_first(written, item) if screen == "question" else written, visit.now)
    except Unreadable:
        response = _not_yet(request, visit)
    else:
        response = _screen(request, visit, content, screen, approval, choose)
    response.headers["Content-Security-Policy"] = policy_of(visit)
    return response


@require_GET
@staff_door(Permission.VIEW_CAMPAIGNS)
def page(request: StaffRequest, campaign_id: UUID, number: int = 0) -> HttpResponse:
    """The draft, or one version."""
    return preview_page(
        request,
        institution=institution_of(current_institution()),
        written=_written(campaign_id, number),
        screen=request.GET.get("screen", ""),
        item=_item(request),
        approval=_approval_number(campaign_id, number, request.now),
    )


@require_GET
@staff_door(Permission.VIEW_CAMPAIGNS)
def me(request: StaffRequest, campaign_id: UUID, number: int = 0) -> HttpResponse:
    """Every preview is a newcomer's, but for the result's, which has played to the end."""
    content = _content(request, campaign_id, number)
    told: Json = newcomer(request)
    if request.GET.get("screen") != "result":
        return json_reply(told)
    with _as_far_as_written():
        state = _played_to_the_end(request, content)
        view = content.game.view(content.settings, state, request.now, _somebody(content))
    earned = [
        {"name": benefit.title, "text": benefit.summary, "action": _("预约服务"), "link": "#"}
        for benefit in benefits_promised(content).values()
    ]
    reached = "finished" if view["finished"] else "playing"
    return json_reply({**told, "state": reached, "view": view, "earned": earned})


def newcomer(request: HttpRequest) -> Json:
    return {
        "csrf": get_token(request),
        "play": None,
        "earned": [],
        "attempts_left": 1,
        "state": "new",
        "view": None,
    }


@require_POST
@staff_door(Permission.VIEW_CAMPAIGNS)
def start(request: StaffRequest, campaign_id: UUID, number: int = 0) -> HttpResponse:
    """A fresh state. Raises StateSpoilt."""
    return begun(request, _content(request, campaign_id, number), campaign_id)


@require_POST
@staff_door(Permission.VIEW_CAMPAIGNS)
def move(request: StaffRequest, campaign_id: UUID, number: int = 0) -> HttpResponse:
    """One move, by the game's own rules. Raises StateSpoilt, MoveRefused."""
    return moved(request, _content(request, campaign_id, number), campaign_id)


def begun(request: StaffRequest, content: Content, subject_id: UUID) -> HttpResponse:
    """The reply to a beginning: a fresh state of this content. Raises StateSpoilt."""
    decode(request, Begun, limit=_LARGEST_STATE)
    with _as_far_as_written():
        state = _opened(content, request.now)
        if not _moves(content, state):
            raise StateSpoilt
        shown = _shown(request, content, subject_id, state)
    return json_reply({"state": "playing", "play": None, **shown})


def moved(request: StaffRequest, content: Content, subject_id: UUID) -> HttpResponse:
    """The reply to a move in this content. Raises StateSpoilt, MoveRefused."""
    asked = decode(request, Rehearsed, limit=_LARGEST_STATE)
    state = _unsigned(subject_id, asked.state)
    with _as_far_as_written():
        try:
            step = content.game.move(
                content.settings,
                state,
                Move(asked.kind, asked.values, _somebody(content)),
                request.now,
                Luck(asked.state[-20:]),
            )
        except Refused as refused:
            raise MoveRefused(refused) from None
        shown = _shown(request, content, subject_id, step.state)
    return json_reply({"reply": step.reply, "finished": step.finished, **shown})


def _screen(
    request: HttpRequest, visit: Visit, content: Content, screen: str, approval: str, choose: str
) -> HttpResponse:
    if screen == "book":
        return _book_screen(request, visit, content)
    context = shell_context(content, visit, approval=approval or _("审核后生成"), preview=True)
    context["config"] |= {"show": screen if screen in ("question", "result") else "", "choose": choose}
    return render(request, "player/landing.html", context)


def _book_screen(request: HttpRequest, visit: Visit, content: Content) -> HttpResponse:
    """The form with a made-up time; it cannot be sent."""
    service = next(iter(benefits_promised(content).values()), None)
    tomorrow = (visit.now + timedelta(days=1)).replace(minute=0)
    context = {
        **frame_of(visit),
        "preview": True,
        "step": "details",
        "service": {
            "name": service.title if service else _("预约服务"),
            "text": service.summary if service else "",
        },
        "values": {},
        "faults": {},
        "needs": needs_offered(visit.institution.sector),
        "slots": [{"id": "", "when": clock(tomorrow), "where": _("示例网点")}],
        "notice": notice_read(content),
        "asked": form_parts(fields_asked(content.frame)),
    }
    return render(request, "player/book.html", context)


def _not_yet(request: HttpRequest, visit: Visit) -> HttpResponse:
    context: dict[str, Any] = {
        **frame_of(visit),
        "preview": True,
        "headline": _("预览准备中"),
        "text": _("填写标题、介绍、日期和题目后，这里会显示客户看到的页面。"),
    }
    return render(request, "player/rest.html", context)


def _written(campaign_id: UUID, number: int) -> Json:
    """Raises NotFound."""
    if number:
        found = Version.objects.filter(campaign_id=campaign_id, number=number).values_list(
            "content", flat=True
        )
    else:
        found = Campaign.objects.filter(id=campaign_id).values_list("draft", flat=True)
    written: Json | None = found.first()
    if written is None:
        raise NotFound
    return written


def _approval_number(campaign_id: UUID, number: int, now: datetime) -> str:
    """The 审核编号 under which phones show this version; empty for a draft and for what is not approved."""
    if not number:
        return ""
    found = Version.objects.filter(campaign_id=campaign_id, number=number)
    name = found.values_list("fingerprint", flat=True).first()
    approval = approval_of(subject=Ref("campaign", campaign_id), fingerprint=name or "", now=now)
    return approval.certificate if approval else ""


def _opened(content: Content, now: datetime) -> Json:
    """A fresh state; in a party, with everyone seated who sits before the seat that is previewed."""
    game, luck = content.game, Luck(str(new_id()))
    state = game.open(content.settings, now, luck)
    for seat in game.seats:
        if seat.key == game.previewed_from:
            break
        state = game.move(content.settings, state, Move("join", by=_at(seat)), now, luck).state
    return state


def _somebody(content: Content) -> Member:
    """Whoever the seat that is previewed is meant for."""
    seats = (seat for seat in content.game.seats if seat.key == content.game.previewed_from)
    return next((_at(seat) for seat in seats), ALONE)


def _at(seat: Seat) -> Member:
    return Member(seat.key, "new" if seat.standing == "any" else seat.standing)


def _content(request: StaffRequest, campaign_id: UUID, number: int) -> Content:
    """What the page shows now. Raises NotFound, StateSpoilt."""
    written = _written(campaign_id, number)
    try:
        return mended(
            shown_first(written, _item(request)) if request.GET.get("screen") == "question" else written,
            request.now,
        )
    except Unreadable:
        raise StateSpoilt from None


def _played_to_the_end(request: StaffRequest, content: Content) -> Json:
    """As far as the last of the offered moves leads: to the end, if there is one. Raises StateSpoilt."""
    luck = Luck("preview")
    state = content.game.open(content.settings, request.now, luck)
    moves = _moves(content, state)
    if not moves:
        raise StateSpoilt
    for _turn in range(_LONGEST_REHEARSAL):
        try:
            state = content.game.move(content.settings, state, moves[-1], request.now, luck).state
        except Refused:  # as far as one day leads: tomorrow's check-in is not today's
            break
        moves = _moves(content, state)
        if not moves:
            break
    return state


@contextmanager
def _as_far_as_written() -> Iterator[None]:
    """A draft may name options and scenes that are not there yet. Raises StateSpoilt."""
    try:
        yield
    except (LookupError, StopIteration):
        raise StateSpoilt from None


def _moves(content: Content, state: Json) -> Sequence[Move]:
    """What can be done from here; nothing where the draft is too unfinished to play."""
    try:
        return content.game.moves(content.settings, state)
    except (LookupError, StopIteration):
        return ()


def _shown(request: StaffRequest, content: Content, subject_id: UUID, state: Json) -> Json:
    view = content.game.view(content.settings, state, request.now, _somebody(content))
    token = signing.dumps(state, salt=f"{_SALT}.{subject_id.hex}", compress=True)
    return {"view": view, "state_token": token}


def _unsigned(subject_id: UUID, text: str) -> Json:
    try:
        state: Json = signing.loads(text, salt=f"{_SALT}.{subject_id.hex}", max_age=24 * 60 * 60)
    except signing.BadSignature:
        raise StateSpoilt from None
    return state


def _visit(request: HttpRequest, institution: Institution) -> Visit:
    """A visit by nobody; every address stays inside the preview."""
    now = getattr(request, "now", None)
    if now is None:
        raise NotFound
    return Visit(
        institution=institution,
        code="",
        participant_id=None,
        now=now,
        elder=request.GET.get("view", request.COOKIES.get(VIEW_COOKIE)) == ELDER,
        links={"home": "", "mine": "", "privacy": "", "play": "#", **_addresses(request)},
    )


def _addresses(request: HttpRequest) -> dict[str, str]:
    """Where this page's calls go: the same content, the same screen."""
    match = request.resolver_match
    if match is None:
        return {}
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    kind = (match.url_name or "").partition("-")[0]
    return {
        name: reverse(f"preview:{kind}-{name}", kwargs=match.kwargs) + asked
        for name in ("me", "start", "move")
    }


def _item(request: HttpRequest) -> int:
    text = request.GET.get("item", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
