"""The scanner at hand, how the reviewing goes, and the certificate anyone may check."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.figures import review_figures
from compliance.gate import Answer, answer_on, answered, ends_on
from compliance.library import articles, disclaimers
from compliance.models import Condition, Review
from compliance.models.golden import LONGEST_SENTENCE
from compliance.on_demand import scanning_on_demand
from compliance.packs import pack_in_force
from compliance.reading import marked
from compliance.scanner import Text, pack_hash, scan, verdict
from compliance.scanner.scan import examine
from compliance.subjects import faces
from compliance.wording import finding_words, is_english, law_words
from compliance.workload import workload
from kernel.errors import NotFound
from kernel.scope import current_institution, scope
from kernel.wire import decode, json_reply
from tenancy.doors import StaffRequest, public_door, staff_door
from tenancy.roles import ROLE_LABELS, Permission
from tenancy.scope import institution_by_slug, institution_of

_LONGEST = 5000
_CODE = re.compile(r"[a-z0-9]{4,12}")
CONTENT_TYPES = ("title", "rule", "question", "explanation", "reward", "share_copy")

Short = Annotated[str, msgspec.Meta(max_length=160)]


class Field(msgspec.Struct, forbid_unknown_fields=True):
    """One field to look at."""

    path: Short
    content_type: Short
    text: Annotated[str, msgspec.Meta(max_length=_LONGEST)]
    group: Short = ""
    correct: bool | None = None


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What the builder sends while someone types."""

    fields: Annotated[list[Field], msgspec.Meta(max_length=400)]


@staff_door(Permission.VIEW_HOME)
@require_POST
def scan_text(request: StaffRequest) -> HttpResponse:
    """Findings for these fields under the institution's rules. Nothing is kept."""
    asked = decode(request, Asked)
    texts = [
        Text(one.path, one.content_type, one.text, group=one.group, correct=one.correct)
        for one in asked.fields
    ]
    pack = pack_in_force()
    with scanning_on_demand(request.actor):
        findings = scan(texts, institution_of(current_institution()).sector, pack=pack)
    laws = articles()
    return json_reply(
        {
            "verdict": verdict(findings),
            "pack": pack_hash(pack),
            "findings": [
                {**asdict(finding), "law": laws[finding.article].law if finding.article in laws else ""}
                for finding in findings
            ],
        }
    )


@staff_door(Permission.VIEW_HOME)
@require_http_methods(["GET", "HEAD", "POST"])
def try_text(request: StaffRequest) -> HttpResponse:
    """A page to try a sentence on: what is found, and what was excused and why."""
    typed = request.POST.get("text", "")[:_LONGEST]
    content_type = request.POST.get("content_type", "title")
    content_type = content_type if content_type in CONTENT_TYPES else "title"
    context: dict[str, object] = {"typed": typed, "content_type": content_type, "asked": bool(typed)}
    if typed:
        sector = institution_of(current_institution()).sector
        with scanning_on_demand(request.actor):
            report = examine([Text("text", content_type, typed)], sector, pack=pack_in_force())
        laws = articles()
        context |= {
            "may_keep": request.user.may(Permission.MANAGE_RULES) and len(typed) <= LONGEST_SENTENCE,
            "verdict": verdict(report.findings),
            "segments": marked(typed, [(one, (one.start, one.end)) for one in report.findings]),
            "findings": [
                {
                    "severity": "hint" if one.severity == "info" else one.severity,
                    "rule": one.rule,
                    "matched": one.matched,
                    "why": words.why,
                    "article": law_words(laws[one.article].law) if one.article in laws else one.article,
                    "suggestion": disclaimers()[one.replacement].text
                    if one.replacement in disclaimers()
                    else one.replacement or "",
                    "advice": words.suggestion,
                    "penalty": words.penalty,
                }
                for one in report.findings
                for words in [
                    finding_words(
                        rule=one.rule,
                        category=one.category,
                        why=one.why,
                        suggestion=one.suggestion,
                        penalty=one.penalty,
                    )
                ]
            ],
            "excuses": [(typed[one.start : one.end], one.reason) for one in report.excuses],
        }
    return render(request, "compliance/try.html", context)


@staff_door(Permission.VIEW_REVIEWS)
@require_safe
def figures(request: StaffRequest) -> HttpResponse:
    """How the reviewing goes."""
    english = (get_language() or "").startswith("en")
    context = {
        "figures": review_figures(now=request.now, english=english),
        "load": workload(now=request.now),
        "role_labels": {role.value: label for role, label in ROLE_LABELS.items()},
    }
    return render(request, "compliance/figures.html", context)


@public_door("anyone may check that a campaign's approval number is real; it shows what the phone shows")
@require_safe
def certificate(request: HttpRequest, slug: str, certificate: str) -> HttpResponse:
    """The certificate of an approval: whose, of what, until when; `from` names the campaign to go back to.

    Raises NotFound.
    """
    institution = institution_by_slug(slug)
    now = timezone.now()
    with scope(institution.id):
        numbered = Review.objects.filter(certificate=certificate.upper()).light()
        found: Any = answered(numbered).annotate(stands_on=F("previous__certificate")).first()
        if found is None:
            raise NotFound
        conditions = list(Condition.objects.filter(review_id=found.id).order_by("kind", "id"))
        stop = faces.stop_of(found.subject)
    answer = answer_on(found, now)
    context = {
        "institution": institution,
        "name": institution.name_en if is_english() else institution.name,
        "mark": str(institution.brand.get("mark") or institution.name)[:1],
        "certificate": found,
        "valid": answer is Answer.IN_FORCE and stop is None,
        "off_since": stop.since if stop and answer is not Answer.NONE else None,
        "held_back": answer is Answer.WAITING and stop is None,
        "until": ends_on(found, now),
        "conditions": conditions,
        "back": _back(slug, request.GET.get("from", "")),
        "now": now,
    }
    return render(request, "compliance/certificate.html", context)


def _back(slug: str, code: str) -> str:
    """The phone's page of the campaign a link said it came from; no other place."""
    return reverse("player:home", args=[slug, code]) if _CODE.fullmatch(code) else ""
