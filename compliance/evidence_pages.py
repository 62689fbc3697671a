"""An evidence package as pages that any browser opens from the disk: no script, no network, nothing of ours.

Contents stay in the words customers read; what is said about them is there in Chinese and in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from compliance.evidence_plan import Plan
from compliance.library import articles
from compliance.models import Condition, Review, Verdict
from compliance.queries import finding_key
from compliance.subjects import faces
from compliance.wording import category_label, finding_words, law_words
from ledger.models import Entry
from ledger.verbs import verb_words
from tenancy.models import Institution, Staff
from tenancy.roles import ROLE_LABELS, Role

CHINESE, ENGLISH = "zh-hans", "en"
LANGUAGES = ((CHINESE, ""), (ENGLISH, "_en"))  # and what its files' names end in


def content_page(review: Review, institution: Institution) -> bytes:
    """What customers read, in their order."""
    with override(CHINESE):
        sections = faces.of(review.subject_kind).sections(review.content)
        return _page("evidence_page", {"review": review, "sections": sections, "institution": institution})


def record_page(plan: Plan, place: int, review: Review, institution: Institution, language: str) -> bytes:
    """What machines found and people said about one submission."""
    told = plan["reviews"][place - 1]
    with override(language):
        labels = _labels(review)
        return _page(
            "evidence_record",
            {
                "place": place,
                "told": told,
                "record": _record(told["record"]),
                "institution": institution,
                "decisions": [_decision(one) for one in told["decisions"]],
                "carried": [_decision(one) for one in told["carried"]],
                "conditions": [_condition(one) for one in told["record"]["conditions"]],
                "excused": [
                    {**one, "label": category_label(one["category"]), "where": labels.get(one["path"], "")}
                    for one in review.excused
                ],
                "findings": [_finding(one, plan["dismissals"], labels) for one in review.findings],
            },
        )


def remarks_page(plan: Plan, newest: Review, institution: Institution, language: str) -> bytes:
    """Every remark, oldest first, with the field of the newest version that it hangs on."""
    with override(language):
        labels = _labels(newest)
        comments = [_comment(one, labels) for one in plan["comments"]]
        context = {"comments": comments, "title": newest.title, "institution": institution}
        return _page("evidence_remarks", context)


def index_page(plan: Plan, institution: Institution, as_of: datetime, language: str) -> bytes:
    """Where reading begins: every submission, what became of it, and where its files are."""
    lines = [
        {
            "place": place,
            "folder": f"reviews/{place:03}",
            "version": told["version"],
            "record": _record(told["record"]),
            "by": [one["reviewer"] for one in (*told["decisions"], *told["carried"])],
        }
        for place, told in enumerate(plan["reviews"], start=1)
    ]
    with override(language):
        context = {
            "institution": institution,
            "title": plan["reviews"][-1]["record"]["title"],
            "as_of": as_of,
            "lines": lines,
            "halts": [{**one, "at": datetime.fromisoformat(one["at"])} for one in plan.get("halts", [])],
            "comments": len(plan["comments"]),
            "dismissals": len(plan["dismissals"]),
            "entries": len(plan["entries"]),
        }
        return _page("evidence_index", context)


def ledger_page(plan: Plan, deeds: Iterable[Entry], institution: Institution, language: str) -> bytes:
    """Who did what and when, line by line as in ledger.jsonl."""
    rows = sorted(deeds, key=lambda one: (one.transaction, one.id))
    people = {one.actor_id for one in rows if one.actor_kind == "staff"}
    names = dict(Staff.objects.filter(id__in=people).values_list("id", "display_name"))
    english = language == ENGLISH
    lines = [
        {
            "number": number,
            "at": one.at,
            "who": names.get(one.actor_id, ""),
            "did": verb_words(one.verb, english=english),
            "entry": one.id,
        }
        for number, one in enumerate(rows, start=1)
    ]
    with override(language):
        title = plan["reviews"][-1]["record"]["title"]
        return _page("evidence_ledger", {"lines": lines, "title": title, "institution": institution})


def _page(name: str, context: Mapping[str, object]) -> bytes:
    return render_to_string(f"compliance/{name}.html", dict(context)).encode()


def _labels(review: Review) -> dict[str, str]:
    """What each field is called."""
    return {
        part.path: f"{section.title} · {part.label}" if section.title else part.label
        for section in faces.of(review.subject_kind).sections(review.content)
        for part in section.parts
    }


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its moments to be shown."""
    moments = ("submitted_at", "decided_at", "expires_at")
    return {**record, **{name: _moment(record[name]) for name in moments}}


def _decision(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **told,
        "role": ROLE_LABELS[Role(told["role"])],
        "verdict_words": Verdict(told["verdict"]).label,
        "at": _moment(told["at"]),
    }


def _condition(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, "words": Condition.Kind(told["kind"]).label, "met_at": _moment(told["met_at"])}


def _comment(told: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    moments = {"at": _moment(told["at"]), "resolved_at": _moment(told["resolved_at"])}
    return {**told, **moments, "where": labels.get(told["path"], told["path"])}


def _finding(
    found: Mapping[str, Any], dismissals: Mapping[str, Any], labels: Mapping[str, str]
) -> dict[str, Any]:
    law = articles().get(found["article"])
    aside = dismissals.get(finding_key(found))
    words = finding_words(
        rule=found["rule"],
        category=found["category"],
        why=found["why"],
        suggestion=found["suggestion"],
        penalty=found.get("penalty", ""),
    )
    return {
        **found,
        "label": category_label(found["category"]),
        "why": words.why,
        "law": law_words(law.law) if law else found["article"],
        "where": labels.get(found["path"], found["path"]),
        "aside": {**aside, "at": _moment(aside["at"])} if aside else None,
    }


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
