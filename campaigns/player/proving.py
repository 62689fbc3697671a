"""Proving one's own number on one's own phone, before a seat is taken. Works without scripts."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from campaigns.live import open_campaign
from campaigns.parties import is_proven
from campaigns.player.consenting import consent_given
from campaigns.player.doors import Visit, player_door
from campaigns.player.number_steps import Entry, Show, entry_page, is_sound, typed_entry, unproven
from campaigns.player.one_time_code import RESEND_AFTER, is_waiting, send_code
from kernel.errors import TooMany, Unavailable
from privacy.usecases.consents import NoticeOutdated


@sensitive_post_parameters("phone", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def prove(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Notice, number and consent; then the code; then back to the play."""
    open_campaign(visit.code, visit.now)
    if is_proven(visit.actor.id):
        return _back(visit)
    entry = typed_entry(request)
    show = partial(_page, request, visit, entry)
    if request.method != "POST":
        return show()
    if request.POST.get("step") != "code":
        return _phone_step(request, visit, entry, show)
    send = partial(send_code, request, visit, entry.phone, purpose="prove")
    return unproven(request, visit, entry, send=send, show=show) or _back(visit)


def _phone_step(request: HttpRequest, visit: Visit, entry: Entry, show: Show) -> HttpResponse:
    if not is_sound(request, entry):
        return show(status=400)
    try:
        consent_given(request, visit)
        send_code(request, visit, entry.phone, purpose="prove")
    except (NoticeOutdated, TooMany, Unavailable) as refusal:
        entry.fault = refusal.message()
        if isinstance(refusal, TooMany) and is_waiting(visit, entry.phone):
            entry.step = "code"
        return show(status=refusal.status)
    entry.step = "code"
    return show()


def _page(
    request: HttpRequest, visit: Visit, entry: Entry, *, status: int = 200, wait: int = RESEND_AFTER
) -> HttpResponse:
    return entry_page(
        request,
        visit,
        entry,
        "player/prove.html",
        open_campaign(visit.code, visit.now).content,
        status=status,
        wait=wait,
        book_link=visit.links["prove"],
        confirm=_("确认，返回活动"),
        then=_playing(visit),
    )


def _back(visit: Visit) -> HttpResponse:
    return HttpResponseRedirect(_playing(visit))


def _playing(visit: Visit) -> str:
    """Where the play goes on."""
    return f"{visit.links['home']}#play"
