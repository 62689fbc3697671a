"""The booking form: made from the approved fields, and checked without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.crypto import NotAPhoneNumber, normal_phone
from kernel.typed import typed_id
from privacy.usecases.participants import NotAName, normal_name
from rewards.models import NEEDS_OF

LONGEST_ENTRY = 200
_PARTS = {"name": "name", "phone": "phone", "need": "need", "branch": "visit", "time": "visit"}
_ENTRIES = {"name": "name", "phone": "phone", "need": "need", "branch": "slot", "time": "slot"}
_OF_THE_STEPS = ("step", "consent", "code", "again", "notice", "turn", "day", "shown")


@dataclass(slots=True)
class Form:
    """What was typed into the approved fields, and what is wrong with it."""

    asked: Sequence[str]
    values: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def entries(self) -> list[str]:
        """The names of the form's own entries, a place and its time being one choice."""
        return list(dict.fromkeys(_ENTRIES[key] for key in self.asked))


def form_parts(asked: Sequence[str]) -> list[str]:
    """The template of every field that was approved, in order. Nothing else is on the page."""
    return list(dict.fromkeys(f"player/ask/{_PARTS[key]}.html" for key in asked))


def typed_form(request: HttpRequest, asked: Sequence[str]) -> Form:
    """The entries of the approved fields; whatever else was sent is not looked at."""
    form = Form(asked, {})
    for name in (*form.entries, *_OF_THE_STEPS):
        form.values[name] = request.POST.get(name, "").strip()[:LONGEST_ENTRY]
    return form


def needs_offered(sector: str) -> list[dict[str, str]]:
    """The need types an institution of this sector asks about, in order."""
    return [{"key": need.value, "words": str(need.label)} for need in NEEDS_OF[sector]]


def check_form(form: Form, *, phone_needed: bool, sector: str) -> None:
    """Mark what is missing or wrong."""
    if "name" in form.asked:
        try:
            form.values["name"] = normal_name(form.values["name"])
        except NotAName as wrong:
            form.faults["name"] = wrong.message()
    if "phone" in form.asked and phone_needed:
        try:
            normal_phone(form.values["phone"])
        except NotAPhoneNumber as wrong:
            form.faults["phone"] = wrong.message()
    if "need" in form.asked and form.values["need"] not in NEEDS_OF[sector]:
        form.faults["need"] = _("请选择需求类型。")
    if "time" in form.asked and typed_id(form.values["slot"]) is None:
        form.faults["slot"] = _("请选择预约时间。")
    if form.values["consent"] != "yes":
        form.faults["consent"] = _("请先阅读并同意告知书。")
