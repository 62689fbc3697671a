"""The privacy centre: what is held, what was agreed to, who looked; withdraw and erase by one tap."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.player.doors import Visit, page, player_door
from campaigns.player.reading import is_living
from campaigns.player.session import forget
from campaigns.player.tickets import Fact, tickets_of
from campaigns.player.wording import clock, day, last_day
from kernel.errors import BadRequest
from privacy.errors import Forgotten
from privacy.models import Consent, Reveal
from privacy.queries import PersonFile, person_file
from privacy.usecases import forget_me, withdraw_consent

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
        looks=[_look(reveal) for reveal in file.reveals] if file else [],
        rights=_rights(visit),
        keep_until=last_day(file.keep_until) if file and file.keep_until else "",
        done=_DONE.get(request.GET.get("done", ""), lambda: "")(),
    )


@require_POST
@player_door
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take one consent back."""
    purpose = request.POST.get("purpose", "")[:PURPOSE_LENGTH]
    if "\x00" not in purpose:
        with suppress(Forgotten):
            withdraw_consent(actor=visit.actor, purpose=purpose, now=visit.now)
    return HttpResponseRedirect(f"{visit.links['privacy']}?done=withdrawn")


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
    held.append((_("需求类型"), "、".join(sorted({one.need for one in own if one.need}))))
    visits = [f"{one.branch} {clock(one.visit_at)}" for one in own if one.visit_at]
    held.append((_("网点与预约时间"), "；".join(visits)))
    if file.keep_until and any(value for _label, value in held):
        held.append((_("保存到"), last_day(file.keep_until)))
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


def _look(reveal: Reveal) -> Fact:
    return Fact(clock(reveal.at), f"{reveal.get_field_display()} · {reveal.get_purpose_display()}")


def _rights(visit: Visit) -> list[str]:
    phone = visit.institution.complaint_phone or visit.institution.hotline
    return [
        _("查询：本页随时可以查看我们保存的信息。"),
        _("撤回与清除：在本页即可办理，立即生效。"),
        _("更正、复制或转移个人信息，以及投诉：请拨打 %(phone)s，核实身份后为您办理。") % {"phone": phone},
    ]
