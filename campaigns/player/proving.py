"""Proving one's own number on one's own phone, before a seat is taken. Works without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from campaigns.live import open_campaign
from campaigns.parties import is_proven
from campaigns.player.consenting import consent_given
from campaigns.player.doors import Visit, page, player_door
from campaigns.player.one_time_code import (
    REFUSALS,
    RESEND_AFTER,
    is_proven_by,
    is_waiting,
    masked_number,
    prove_code,
    send_code,
)
from campaigns.player.texts import notice_read
from kernel.crypto import NotAPhoneNumber, normal_phone
from kernel.errors import TooMany, Unavailable
from privacy.usecases.consents import NoticeOutdated

LONGEST_ENTRY = 40


@dataclass(slots=True)
class Entry:
    """What was typed, and what is wrong with it."""

    phone: str = ""
    code: str = ""
    step: str = "phone"
    faults: dict[str, str] = field(default_factory=dict)
    fault: str = ""


@sensitive_post_parameters("phone", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def prove(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Notice, number and consent; then the code; then back to the play."""
    open_campaign(visit.code, visit.now)
    if is_proven(visit.actor.id):
        return _back(visit)
    entry = Entry(phone=_typed(request, "phone"), code=_typed(request, "code"))
    if request.method != "POST":
        return _page(request, visit, entry)
    if request.POST.get("step") == "code":
        return _code_step(request, visit, entry)
    return _phone_step(request, visit, entry)


def _phone_step(request: HttpRequest, visit: Visit, entry: Entry) -> HttpResponse:
    try:
        normal_phone(entry.phone)
    except NotAPhoneNumber as wrong:
        entry.faults["phone"] = wrong.message()
    if request.POST.get("consent") != "yes":
        entry.faults["consent"] = _("请先阅读并同意告知书。")
    if entry.faults:
        entry.fault = _("请检查下面标出的内容。")
        return _page(request, visit, entry, status=400)
    try:
        consent_given(request, visit)
        send_code(request, visit, entry.phone)
    except (NoticeOutdated, TooMany, Unavailable) as refusal:
        entry.fault = refusal.message()
        if isinstance(refusal, TooMany) and is_waiting(visit, entry.phone):
            entry.step = "code"
        return _page(request, visit, entry, status=refusal.status)
    entry.step = "code"
    return _page(request, visit, entry)


def _code_step(request: HttpRequest, visit: Visit, entry: Entry) -> HttpResponse:
    entry.step = "code"
    try:
        proven = is_proven_by(
            entry.code,
            again=bool(request.POST.get("again")),
            prove=lambda: prove_code(request, visit, entry.code),
            send=lambda: send_code(request, visit, entry.phone),
        )
    except REFUSALS as refusal:
        entry.faults["code"] = refusal.message()
        return _page(request, visit, entry, status=refusal.status, wait=0)
    return _back(visit) if proven else _page(request, visit, entry)


def _page(
    request: HttpRequest, visit: Visit, entry: Entry, status: int = 200, wait: int = RESEND_AFTER
) -> HttpResponse:
    live = open_campaign(visit.code, visit.now)
    return page(
        request,
        visit,
        "player/prove.html",
        status,
        step=entry.step,
        values={"phone": entry.phone},
        faults=entry.faults,
        fault=entry.fault,
        notice=notice_read(live.content),
        book_link=visit.links["prove"],
        kept={"phone": entry.phone},
        masked_phone=masked_number(entry.phone),
        kept_code=entry.code if status == Unavailable.status else "",
        wait_seconds=wait,
        confirm=_("确认，返回活动"),
        then=_playing(visit),
    )


def _back(visit: Visit) -> HttpResponse:
    return HttpResponseRedirect(_playing(visit))


def _playing(visit: Visit) -> str:
    """Where the play goes on."""
    return f"{visit.links['home']}#play"


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:LONGEST_ENTRY]
