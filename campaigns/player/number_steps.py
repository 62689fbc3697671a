"""Number, notice and consent; then the one-time code: the two steps that proving and recovery share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from campaigns.content import Content
from campaigns.player.doors import Visit, page
from campaigns.player.one_time_code import REFUSALS, RESEND_AFTER, is_proven_by, masked_number, prove_code
from campaigns.player.texts import notice_read
from kernel.crypto import NotAPhoneNumber, normal_phone
from kernel.errors import Unavailable
from privacy.usecases.phones import PhoneCodeSpent, PhoneCodeWrong

LONGEST_ENTRY = 40


@dataclass(slots=True)
class Entry:
    """What was typed, and what is wrong with it."""

    phone: str = ""
    code: str = ""
    step: str = "phone"
    faults: dict[str, str] = field(default_factory=dict)
    fault: str = ""


class Show(Protocol):
    """The page of an entry as it stands."""

    def __call__(self, *, status: int = 200, wait: int = RESEND_AFTER) -> HttpResponse: ...


def typed_entry(request: HttpRequest) -> Entry:
    phone, code = (request.POST.get(name, "").strip()[:LONGEST_ENTRY] for name in ("phone", "code"))
    return Entry(phone, code)


def is_sound(request: HttpRequest, entry: Entry) -> bool:
    """Whether number and consent are there; what is not is marked."""
    try:
        normal_phone(entry.phone)
    except NotAPhoneNumber as wrong:
        entry.faults["phone"] = wrong.message()
    if request.POST.get("consent") != "yes":
        entry.faults["consent"] = _("请先阅读并同意告知书。")
    if entry.faults:
        entry.fault = _("请检查下面标出的内容。")
    return not entry.faults


def unproven(
    request: HttpRequest,
    visit: Visit,
    entry: Entry,
    *,
    send: Callable[[], None],
    show: Show,
    one_answer: str = "",
) -> HttpResponse | None:
    """The page that goes on asking for the code; None when it proved the number.

    `one_answer` stands for a wrong and a spent code alike, where telling them apart would tell of the number.
    """
    entry.step = "code"
    try:
        proven = is_proven_by(
            entry.code,
            again=bool(request.POST.get("again")),
            prove=lambda: prove_code(request, visit, entry.code),
            send=send,
        )
    except REFUSALS as refusal:
        is_one = bool(one_answer) and isinstance(refusal, PhoneCodeWrong | PhoneCodeSpent)
        entry.faults["code"] = one_answer if is_one else refusal.message()
        return show(status=400 if is_one else refusal.status, wait=0)
    return None if proven else show()


def entry_page(
    request: HttpRequest,
    visit: Visit,
    entry: Entry,
    template: str,
    content: Content,
    *,
    status: int,
    wait: int,
    **told: Any,
) -> HttpResponse:
    """Either step; `told` is what the template alone knows."""
    return page(
        request,
        visit,
        template,
        status,
        step=entry.step,
        values={"phone": entry.phone},
        faults=entry.faults,
        fault=entry.fault,
        notice=notice_read(content),
        kept={"phone": entry.phone},
        masked_phone=masked_number(entry.phone),
        kept_code=entry.code if status == Unavailable.status else "",
        wait_seconds=wait,
        **told,
    )
