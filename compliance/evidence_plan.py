"""What an evidence package tells of: the records of a subject's reviews as they stand at one moment.

Taken down at once and under a lock, because drawing the pages takes its time: whatever is decided meanwhile
belongs to the next package, whole, and not in part to this one.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from compliance.evidence_ledger import deeds_of
from compliance.models import Carried, Comment, Condition, Decision, Dismissal, Review
from compliance.queries import comments_on, dismissals_on
from compliance.signing import decided
from compliance.subjects import halts_of
from kernel.actor import Ref

Plan = dict[str, Any]  # Any: what JSON holds
_NUMBERS = re.compile(r"(?<![\dA-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{16,19})(?![\dA-Za-z])")


def plan_of(subject: Ref, *, asked_at: datetime) -> Plan:
    """The records, by submission; remarks and dismissals; the ids of the ledger's rows.

    The reviews stand still until the transaction ends.
    """
    own = Review.objects.of_subject(subject.kind, subject.id)
    list(own.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
    named = own.select_related("author", "last_editor").light()
    reviews = list(named.order_by("submitted_at", "id"))
    ids = [review.id for review in reviews]
    decisions, carried, conditions = _decisions(ids), _opinions(ids), _conditions(ids)
    versions: dict[str, int] = {}
    for review in reviews:
        versions.setdefault(review.fingerprint, len(versions) + 1)
    return {
        "reviews": [
            {
                "version": versions[review.fingerprint],
                "record": {**_review(review), "conditions": conditions[review.id]},
                "decisions": decisions[review.id],
                "carried": carried[review.id],
            }
            for review in reviews
        ],
        "comments": [_comment(one) for one in comments_on(subject)],
        "dismissals": {key: _dismissal(one) for key, one in dismissals_on(subject).items()},
        "halts": [
            {"deed": one.deed, "reason": masked(one.reason), "by": one.by, "at": one.at.isoformat()}
            for one in halts_of(subject.kind, subject.id)
        ],
        "entries": [entry.id for entry in deeds_of(subject, asked_at=asked_at)],
    }


def certificates_of(plan: Plan) -> list[dict[str, Any]]:
    """Every certificate ever given: for which fingerprint, until when, and what became of it."""
    records = (each["record"] for each in plan["reviews"])
    return [
        {
            "certificate": one["certificate"],
            "fingerprint": one["fingerprint"],
            "approved_at": one["decided_at"],
            "expires_at": one["expires_at"],
            "status": one["status"],
            "ended_because": one["ended_because"],
        }
        for one in records
        if one["certificate"]
    ]


def masked(text: str) -> str:
    """What a colleague typed, with any phone, identity or card number hidden but for three and four signs."""
    return _NUMBERS.sub(lambda found: f"{found.group()[:3]}****{found.group()[-4:]}", text)


def _review(review: Review) -> dict[str, Any]:
    return {
        "id": str(review.id),
        "title": review.title,
        "fingerprint": review.fingerprint,
        "author": review.author.display_name,
        "last_editor": review.last_editor.display_name,
        "submitted_at": review.submitted_at.isoformat(),
        "status": review.status,
        "risk": review.risk,
        "risk_reasons": review.risk_reasons,
        "stages": review.stages,
        "asked_again": review.asked_again,
        "asked_because": review.asked_because,
        "decided_at": _time(review.decided_at),
        "expires_at": _time(review.expires_at),
        "certificate": review.certificate,
        "ended_because": review.ended_because,
    }


def _conditions(ids: Iterable[Any]) -> dict[Any, list[dict[str, Any]]]:
    told = defaultdict(list)
    found = Condition.objects.filter(review__in=ids).select_related("decision__reviewer", "recorded_by")
    for one in found.order_by("kind", "id"):
        told[one.review_id].append(
            {
                "kind": one.kind,
                "asked_by": one.decision.reviewer.display_name,
                "not_before": str(one.not_before or ""),
                "met_at": _time(one.met_at),
                "number": one.number,
                "recorded_by": one.recorded_by.display_name if one.recorded_by else "",
                "recorded_at": _time(one.recorded_at),
            }
        )
    return told


def _decisions(ids: Iterable[Any]) -> dict[Any, list[dict[str, Any]]]:
    told = defaultdict(list)
    found = Decision.objects.filter(review__in=ids).select_related("reviewer", "stands_in_for", "review")
    found = found.defer("review__content", "review__findings", "review__excused")
    for one in found.order_by("at", "id"):
        told[one.review_id].append(_decision(one))
    return told


def _opinions(ids: Iterable[Any]) -> dict[Any, list[dict[str, Any]]]:
    """Earlier opinions that stand: whose, of what day, and from which approval."""
    told = defaultdict(list)
    found = Carried.objects.filter(review__in=ids).holding()
    named = found.select_related("reviewer", "decision__reviewer", "decision__stands_in_for")
    light = named.select_related("decision__review").defer(
        "decision__review__content", "decision__review__findings"
    )
    for one in light.order_by("stage", "id"):
        told[one.review_id].append(
            {
                **_decision(one.decision),
                "stage": one.stage + 1,
                "given_in": one.decision.review.certificate or "",
                "carried_at": one.at.isoformat(),
            }
        )
    return told


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "stage": decision.stage + 1,
        "role": decision.role,
        "reviewer": decision.reviewer.display_name,
        "stands_in_for": decision.stands_in_for.display_name if decision.stands_in_for else "",
        "verdict": decision.verdict,
        "reasons": masked(decision.reasons),
        "at": decision.at.isoformat(),
        "signed": {
            "lines": list(decided(decision, decision.review)),
            "key": decision.key,
            "signature": base64.b64encode(bytes(decision.signature)).decode(),
        },
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": str(comment.id),
        "answers": str(comment.answers_id) if comment.answers_id else None,
        "mentions": comment.mentions,
        "path": comment.path,
        "writer": comment.writer.display_name,
        "text": masked(comment.text),
        "at": comment.at.isoformat(),
        "resolved_at": _time(comment.resolved_at),
    }


def _dismissal(dismissal: Dismissal) -> dict[str, Any]:
    return {
        "rule": dismissal.rule,
        "path": dismissal.path,
        "matched": dismissal.matched,
        "severity": dismissal.severity,
        "reason": masked(dismissal.reason),
        "by": dismissal.by.display_name,
        "at": dismissal.at.isoformat(),
        "seconded_by": dismissal.seconded_by.display_name if dismissal.seconded_by else "",
        "seconded_at": _time(dismissal.seconded_at),
    }


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
