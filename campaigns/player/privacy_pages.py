"""The privacy centre: what is held, what was agreed to, who looked; withdraw and erase by one tap."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.player.doors import Visit, page, player_door
from campaigns.player.reading import is_living
from campaigns.player.session import forget
from campaigns.player.tickets import Fact, tickets_of
from campaigns.player.wording import clock, day, last_day
from kernel.enumeration import enumerated
from kernel.errors import BadRequest
from kernel.timekeeping import local_day, start_of_day
from privacy.errors import Forgotten
from privacy.models import Consent, Reveal
from privacy.queries import PersonFile, person_file, withdrawals_of
from privacy.usecases import forget_me
from rewards.models import Grant
from rewards.queries import open_grants, visits_of
from rewards.usecases import withdraw_with_bookings
from rewards.usecases.withdrawals import BookingAtStake, BookingChoice, at_stake

PURPOSE_LENGTH = 32


class NotConfirmed(BadRequest):
    """Erasing needs the tick that says it is understood."""

    code = "not_confirmed"
    zh = "请先勾选“我了解清除后无法恢复”。"
    en = "Please tick “I understand this cannot be undone” first."


@require_GET
@player_door
def centre(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything the vault holds of this phone's owner, masked."""
    file = _own_file(visit)
    return page(
        request,
        visit,
        "player/privacy.html",
        known=file is not None,
        held=_held(file, visit) if file else [],
        consents=[_consent(consent) for consent in file.consents] if file else [],
        receipts=[_receipt(consent) for consent in withdrawals_of(visit.participant_id)]
        if visit.participant_id
        else [],
        losses=_losses(open_grants(visit.actor.id)) if file else [],
        looks=[_look(reveal) for reveal in file.reveals] if file else [],
        rights=_rights(visit),
        keep_until=_until(file.keep_until) if file and file.keep_until else "",
        done=_DONE.get(request.GET.get("done", ""), lambda: "")(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take one consent back; where a booking or a service would be lost, ask first.

    The question has an address of its own, so that Back and reload lead to a page and never to a sent form.
    """
    if request.method != "POST":
        return _ask_first(request, visit, request.GET.get("purpose", "")[:PURPOSE_LENGTH])
    purpose = request.POST.get("purpose", "")[:PURPOSE_LENGTH]
    choice = {each.value: each for each in BookingChoice}.get(request.POST.get("choice", ""))
    if "\x00" not in purpose:
        try:
            withdraw_with_bookings(actor=visit.actor, purpose=purpose, choice=choice, now=visit.now)
        except BookingAtStake:
            return HttpResponseRedirect(f"{visit.links['withdraw']}?{urlencode({'purpose': purpose})}")
        except Forgotten:
            choice = None
    done = f"withdrawn_{choice}" if choice else "withdrawn"
    return HttpResponseRedirect(f"{visit.links['privacy']}?done={done}")


def _ask_first(request: HttpRequest, visit: Visit, purpose: str) -> HttpResponse:
    """What would be lost, and what can be kept; nothing has happened yet. The centre, where nothing would."""
    stake = at_stake(visit.actor.id, purpose) if "\x00" not in purpose else None
    if not stake:
        return HttpResponseRedirect(visit.links["privacy"])
    return page(
        request,
        visit,
        "player/withdraw.html",
        purpose=purpose,
        bookings=_losses(stake.bookings),
        unbooked=_losses(stake.unbooked),
    )


@require_POST
@player_door
def erase(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Forget this person; their key is destroyed, and the phone loses its pseudonym."""
    if request.POST.get("sure") != "yes":
        raise NotConfirmed
    with suppress(Forgotten):  # asked twice, or from another phone: it is done
        forget_me(actor=visit.actor, now=visit.now)
    response = HttpResponseRedirect(f"{visit.links['privacy']}?done=erased")
    forget(response, slug=visit.institution.slug)
    return response


_DONE = {
    "withdrawn": lambda: _("已撤回。我们不再为该用途使用您的信息。"),
    "withdrawn_keep": lambda: _("已撤回同意，预约保留。您的信息只用于完成这次预约。"),
    "withdrawn_cancel": lambda: _("已撤回同意，预约已取消，时段已释放；如有预约，我们会发短信确认。"),
    "erased": lambda: _("已清除。您的个人信息已销毁，无法恢复。"),
}


def _own_file(visit: Visit) -> PersonFile | None:
    """The file of a phone that is known and not forgotten."""
    if visit.participant_id is None or not is_living(visit.participant_id):
        return None
    return person_file(visit.participant_id)


def _held(file: PersonFile, visit: Visit) -> list[Fact]:
    held = [(_("姓名"), file.person.name), (_("手机号"), file.person.phone)]
    own = [ticket.benefit for ticket in tickets_of(visit)]
    held.append((_("需求类型"), enumerated(sorted({one.need for one in own if one.need}))))
    visits = [f"{one.branch} {clock(one.visit_at)}" for one in own if one.visit_at]
    held.append((_("网点与预约时间"), "；".join(visits)))
    if file.keep_until and any(value for _label, value in held):
        held.append((_("保存到"), _until(file.keep_until)))
    return [Fact(label, value) for label, value in held if value]


def _consent(consent: Consent) -> dict[str, Any]:
    sentences = {each["code"]: each["sentence"] for each in consent.notice.purposes}
    active = consent.withdrawn_at is None
    given = _("%(day)s 同意，告知书第 %(number)s 版") % {
        "day": day(consent.given_at),
        "number": consent.notice.number,
    }
    return {
        "purpose": consent.purpose,
        "sentence": sentences.get(consent.purpose, consent.notice.title),
        "active": active,
        "status": _("有效") if active else _("已撤回"),
        "when": given,
    }


def _receipt(consent: Consent) -> dict[str, str]:
    """What was taken back, when, and what became of the booking; the number is the ledger's."""
    purpose = next(
        (each["sentence"] for each in consent.notice.purposes if each["code"] == consent.purpose),
        consent.notice.title,
    )
    what = {
        Consent.Outcome.KEPT: _("预约保留，只为履行您的预约而处理（《个人信息保护法》第十三条第一款第二项）"),
        Consent.Outcome.CANCELLED: _("预约已取消，时段已释放，核销码已停用，并以短信告知"),
    }.get(Consent.Outcome(consent.outcome), _("已停止为该用途处理"))
    if consent.kept_until:
        what = _("%(what)s，信息保存到%(day)s") % {"what": what, "day": _until(consent.kept_until)}
    return {
        "sentence": purpose,
        "when": clock(consent.withdrawn_at) if consent.withdrawn_at else "",
        "what": what,
        "number": receipt_number(consent.receipt),
    }


def _until(end: datetime) -> str:
    """The last whole day, or the moment where data goes within the hour of a withdrawal."""
    return last_day(end) if end == start_of_day(local_day(end)) else clock(end)


def receipt_number(receipt: UUID | None) -> str:
    """How a receipt is named to people. Its end: an id begins with the time, which two receipts may share."""
    return receipt.hex[-12:].upper() if receipt else ""


def _losses(grants: Iterable[Grant]) -> list[str]:
    """Each service with its time and place, as its owner knows it."""
    visits = visits_of(each.id for each in grants)
    return [
        f"{grant.benefit.title} · {clock(visit.slot.starts_at)} · {visit.slot.branch.name}"
        if (visit := visits.get(grant.id))
        else grant.benefit.title
        for grant in grants
    ]


def _look(reveal: Reveal) -> Fact:
    return Fact(clock(reveal.at), f"{reveal.get_field_display()} · {reveal.get_purpose_display()}")


def _rights(visit: Visit) -> list[str]:
    phone = visit.institution.complaint_phone or visit.institution.hotline
    return [
        _("查询：本页随时可以查看我们保存的信息。"),
        _("撤回与清除：在本页即可办理，立即生效。"),
        _("更正、复制或转移个人信息，以及投诉：请拨打 %(phone)s，核实身份后为您办理。") % {"phone": phone},
    ]
