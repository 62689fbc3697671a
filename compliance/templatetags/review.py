"""Small words for the review page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.carrying import BECAUSE, concerned
from compliance.gate import answer_on
from compliance.models import Review
from compliance.risk import REASONS
from compliance.subjects import Difference
from compliance.text_runs import Run, runs_between, shortened
from compliance.wording import law_words
from kernel.enumeration import enumerated
from kernel.punctuation import formatted
from tenancy.roles import ROLE_LABELS, Role

register = template.Library()


@register.filter
def anchor(path: str) -> str:
    """A field's path as the name of a place on the page."""
    return path.replace(".", "-")


@register.filter
def law(title: str) -> str:
    """A law's title, with a gloss in English."""
    return law_words(title)


@register.filter
def marks(text: str) -> str:
    """Chinese text with Chinese punctuation."""
    return formatted(text)


@register.filter
def risk_words(code: str) -> str:
    """Why a risk was given, in words."""
    return str(REASONS.get(code, code))


@register.filter
def count_of(table: Mapping[str, int], key: str) -> int:
    """How many, nought when none."""
    return table.get(key, 0)


@register.filter
def lookup(table: Mapping[str, Any], key: str) -> Any:
    """The value under a key, or the key itself."""
    return table.get(key, key)


@register.filter
def why_everyone(code: str) -> str:
    """Why no earlier opinion is carried, in words."""
    return str(BECAUSE.get(code, code))


@register.filter
def asks(change: Difference, review: Review) -> str:
    """The posts of this review that a change concerns: ``创意审核、法务审核``."""
    asked = concerned([change])
    posts = dict.fromkeys(role for stage in review.stages for role in stage if role in asked)
    return enumerated(ROLE_LABELS[Role(role)] for role in posts)


@register.filter
def runs_to(before: str, after: str) -> list[Run]:
    """What was taken out and put in between two texts, with what stands beside it."""
    return shortened(runs_between(before or "", after or ""))


@register.filter
def answer(review: Any, now: datetime | None) -> str:
    """Whether an approval is in force at this moment, of a review that `gate.answered` has annotated.

    Empty for anything else: an open or refused one, a record of what was written down.
    """
    if getattr(review, "status", "") != "approved" or not hasattr(review, "approved_until") or not now:
        return ""
    return str(answer_on(review, now))


@register.filter
def took(hours: float | None) -> str:
    """How long something took: minutes below an hour, hours and a tenth above."""
    if hours is None:
        return "—"
    minutes = round(hours * 60)
    if minutes < 1:
        return _("不到 1 分钟")
    if minutes < 60:
        return ngettext("%(count)d 分钟", "%(count)d 分钟", minutes) % {"count": minutes}
    return _("%(hours)s 小时") % {"hours": f"{hours:.1f}"}


@register.filter
def post(role: str) -> str:
    """A post in words."""
    return str(ROLE_LABELS[Role(role)])


@register.filter
def posts(roles: Sequence[str]) -> str:
    """The posts of a colleague, in words."""
    return enumerated(ROLE_LABELS[Role(role)] for role in roles)
