"""What an institution requires beyond the shipped rules: three small forms into the draft, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from compliance.checks.required import MEASURES
from compliance.models import RulePack
from compliance.scanner.requirements import Ceiling, Requirement, Sentence, requirements_in
from compliance.usecases import remove_requirement, require_ceiling, require_limit, require_sentence
from kernel.enumeration import enumerated
from kernel.errors import BadRequest, DomainError
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

CEILINGS = {"yield": gettext_lazy("收益率、业绩比较基准"), "loan": gettext_lazy("贷款年化利率")}
LIMITS = {
    "contact_fields": gettext_lazy("收集的信息（项）"),
    "steps": gettext_lazy("办理步骤（步）"),
    "group_size": gettext_lazy("每团人数（人）"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A requirement in words."""

    rule: str
    what: str
    when: str
    severity: str
    article: str
    why: str


def requirements_told(pack: RulePack | None, beyond: RulePack | None = None) -> list[Told]:
    """A pack's requirements, or those that the pack `beyond` lacks."""
    known = {one.rule for one in requirements_in(beyond.requirements)} if beyond else set()
    return [_told(one) for one in requirements_in(pack.requirements) if one.rule not in known] if pack else []


def forms() -> dict[str, Any]:
    """What there is to choose from."""
    return {
        "ceilings": CEILINGS.items(),
        "limits": [
            {"key": key, "label": label, "shipped": MEASURES[key].shipped} for key, label in LIMITS.items()
        ],
        "lower": _numbers(),
    }


@staff_door(Permission.MANAGE_RULES)
@require_POST
def require(request: StaffRequest) -> HttpResponse:
    try:
        _write(request)
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已加入草稿。"))
    return redirect("compliance:rules")


@staff_door(Permission.MANAGE_RULES)
@require_POST
def remove(request: StaffRequest) -> HttpResponse:
    try:
        remove_requirement(actor=request.actor, rule=request.POST.get("rule", ""), now=request.now)
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已从草稿移除。"))
    return redirect("compliance:rules")


def _write(request: StaffRequest) -> RulePack:
    typed = request.POST
    shared: dict[str, Any] = {
        "actor": request.actor,
        "severity": typed.get("severity", ""),
        "article": typed.get("article", ""),
        "why": typed.get("why", ""),
        "now": request.now,
    }
    kind, measure, most = (typed.get(name, "") for name in ("kind", "measure", "most"))
    if kind == "sentence":
        return require_sentence(when=typed.get("when", ""), sentence=typed.get("sentence", ""), **shared)
    if kind == "ceiling":
        return require_ceiling(measure=measure, most=most, **shared)
    if kind == "limit" and most.isdecimal() and len(most) < 4:
        return require_limit(measure=measure, most=int(most), **shared)
    raise BadRequest


def _numbers() -> Sequence[int]:
    return range(min(one.fewest for one in MEASURES.values()), max(one.shipped for one in MEASURES.values()))


def _told(one: Requirement) -> Told:
    when = ""
    if isinstance(one, Sentence):
        what = _("必须写明：%(sentence)s") % {"sentence": one.sentence}
        when = _("提到：%(words)s") % {"words": enumerated(one.when)} if one.when else _("每个活动")
    elif isinstance(one, Ceiling):
        what = _("%(measure)s 不得高于 %(most)s%%") % {"measure": CEILINGS[one.measure], "most": one.most}
    else:
        what = _("%(measure)s 最多 %(most)s") % {"measure": LIMITS[one.measure], "most": one.most}
    return Told(one.rule, what, when, one.severity, one.article, one.why)
