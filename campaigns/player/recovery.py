"""Finding one's own services again in another browser: mobile number, one-time code, 我的权益.

Every number gets the same answer: a code is on its way if the number is the visitor's. Only who can read
that code sees whether anything was booked under it. Works without scripts.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from campaigns.live import live_campaign
from campaigns.parties import is_proven
from campaigns.player.arriving import begin, remembered
from campaigns.player.consenting import consent_given
from campaigns.player.doors import Visit, player_door, proof_page
from campaigns.player.number_steps import Entry, Show, entry_page, is_sound, typed_entry, unproven
from campaigns.player.one_time_code import RESEND_AFTER, send_code
from kernel.errors import TooMany, Unavailable
from kernel.proof_of_work import ProofNeeded
from privacy.errors import NumberPaced
from privacy.usecases.consents import NoticeOutdated
from privacy.usecases.phones import NumberProven


@sensitive_post_parameters("phone", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def recover(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The number and the notice; then the code; then everything that was earned under that number."""
    if visit.participant_id is not None and is_proven(visit.participant_id):
        return HttpResponseRedirect(visit.links["mine"])
    entry = typed_entry(request)
    show = partial(_page, request, visit, entry)
    if request.method != "POST":
        return show()
    if request.POST.get("step") != "code" or visit.participant_id is None:
        return _phone_step(request, visit, entry, show)
    send = partial(_send, request, visit, entry)
    one_answer = _("验证码不正确或已失效，请核对，或一分钟后重新获取。")
    asking = unproven(request, visit, entry, send=send, show=show, one_answer=one_answer)
    return asking or HttpResponseRedirect(f"{visit.links['mine']}?found=1")


def _phone_step(request: HttpRequest, visit: Visit, entry: Entry, show: Show) -> HttpResponse:
    if not is_sound(request, entry):
        return show(status=400)
    newcomer = begin(request, visit, live_campaign(visit.code).id, "")
    try:
        consent_given(request, visit)
        _send(request, visit, entry)
    except ProofNeeded as needed:
        return remembered(proof_page(request, visit, needed), visit, newcomer)
    except (NoticeOutdated, TooMany, Unavailable, NumberProven) as refusal:
        entry.fault = refusal.message()
        return remembered(show(status=refusal.status), visit, newcomer)
    entry.step = "code"
    return remembered(show(), visit, newcomer)


def _send(request: HttpRequest, visit: Visit, entry: Entry) -> None:
    """Text a code. What is refused because of the number is not told: it would say who uses this service.

    The pace of this phone, a proof asked for and the day's ceilings are told: they do not depend on it.
    """
    with suppress(NumberPaced):
        send_code(request, visit, entry.phone, purpose="recover")


def _page(
    request: HttpRequest, visit: Visit, entry: Entry, *, status: int = 200, wait: int = RESEND_AFTER
) -> HttpResponse:
    return entry_page(
        request,
        visit,
        entry,
        "player/recover.html",
        live_campaign(visit.code).content,
        status=status,
        wait=wait,
        book_link=visit.links["recover"],
        confirm=_("查看我的权益"),
    )
