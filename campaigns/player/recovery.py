"""Finding one's own services again in another browser: mobile number, one-time code, 我的权益.

Every number gets the same answer: a code is on its way if the number is the visitor's. Only who can read
that code sees whether anything was booked under it. Works without scripts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from campaigns.live import live_campaign
from campaigns.parties import is_proven
from campaigns.player import limits
from campaigns.player.arriving import begin, remembered
from campaigns.player.consenting import consent_given
from campaigns.player.doors import Visit, page, player_door
from campaigns.player.one_time_code import (
    REFUSALS,
    RESEND_AFTER,
    is_proven_by,
    masked_number,
    prove_code,
)
from campaigns.player.texts import notice_read
from kernel.crypto import NotAPhoneNumber, normal_phone
from kernel.errors import TooMany, Unavailable
from privacy.usecases import request_phone_code
from privacy.usecases.consents import NoticeOutdated
from privacy.usecases.phones import NumberProven, PhoneCodeSpent, PhoneCodeWrong

LONGEST_ENTRY = 40


@dataclass(slots=True)
class Search:
    """What was typed, and what is wrong with it."""

    phone: str = ""
    code: str = ""
    step: str = "phone"
    faults: dict[str, str] = field(default_factory=dict)
    fault: str = ""


@sensitive_post_parameters("phone", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def recover(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The number and the notice; then the code; then everything that was earned under that number."""
    if visit.participant_id is not None and is_proven(visit.participant_id):
        return HttpResponseRedirect(visit.links["mine"])
    search = Search(phone=_typed(request, "phone"), code=_typed(request, "code"))
    if request.method != "POST":
        return _page(request, visit, search)
    if request.POST.get("step") == "code" and visit.participant_id is not None:
        return _code_step(request, visit, search)
    return _phone_step(request, visit, search)


def _phone_step(request: HttpRequest, visit: Visit, search: Search) -> HttpResponse:
    try:
        normal_phone(search.phone)
    except NotAPhoneNumber as wrong:
        search.faults["phone"] = wrong.message()
    if request.POST.get("consent") != "yes":
        search.faults["consent"] = _("请先阅读并同意告知书。")
    if search.faults:
        search.fault = _("请检查下面标出的内容。")
        return _page(request, visit, search, status=400)
    newcomer = begin(request, visit, live_campaign(visit.code).id, "")
    try:
        consent_given(request, visit)
        _send(request, visit, search)
    except (NoticeOutdated, TooMany, Unavailable, NumberProven) as refusal:
        search.fault = refusal.message()
        return remembered(_page(request, visit, search, status=refusal.status), visit, newcomer)
    search.step = "code"
    return remembered(_page(request, visit, search), visit, newcomer)


def _code_step(request: HttpRequest, visit: Visit, search: Search) -> HttpResponse:
    search.step = "code"
    try:
        proven = is_proven_by(
            search.code,
            again=bool(request.POST.get("again")),
            prove=lambda: prove_code(request, visit, search.code),
            send=lambda: _send(request, visit, search),
        )
    except (PhoneCodeWrong, PhoneCodeSpent):  # one answer: whether a code was sent depends on the number
        search.faults["code"] = _("验证码不正确或已失效，请核对，或一分钟后重新获取。")
        return _page(request, visit, search, status=400, wait=0)
    except REFUSALS as refusal:
        search.faults["code"] = refusal.message()
        return _page(request, visit, search, status=refusal.status, wait=0)
    if not proven:
        return _page(request, visit, search)
    return HttpResponseRedirect(f"{visit.links['mine']}?found=1")


def _send(request: HttpRequest, visit: Visit, search: Search) -> None:
    """Text a code. What is refused because of the number is not told: it would say who uses this service.

    The pace of this phone and of its address is told: it says nothing of the number.
    """
    limits.count_text_message(request, visit.actor.id)
    with suppress(TooMany):
        request_phone_code(actor=visit.actor, phone=search.phone, now=visit.now)


def _page(
    request: HttpRequest, visit: Visit, search: Search, status: int = 200, wait: int = RESEND_AFTER
) -> HttpResponse:
    return page(
        request,
        visit,
        "player/recover.html",
        status,
        step=search.step,
        values={"phone": search.phone},
        faults=search.faults,
        fault=search.fault,
        notice=notice_read(live_campaign(visit.code).content),
        book_link=visit.links["recover"],
        kept={"phone": search.phone},
        masked_phone=masked_number(search.phone),
        kept_code=search.code if status == Unavailable.status else "",
        wait_seconds=wait,
        confirm=_("查看我的权益"),
    )


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:LONGEST_ENTRY]
