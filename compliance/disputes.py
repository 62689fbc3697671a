"""Which blocking findings an author may hold for a false alarm, and which she has. Nothing is written here.

Only what was read out of words: a term, a sentence pattern. Never a figure with a legal limit, a missing
disclaimer or the mechanics of a game: those are facts, and there is nothing to argue about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.models import Dispute
from compliance.queries import finding_key
from compliance.scanner.pack import Pack
from kernel.actor import Ref


def may_dispute(finding: Mapping[str, Any], pack: Pack) -> bool:
    """Whether this is a reading of words that reviewers may find mistaken."""
    if finding["severity"] != "block" or not finding["matched"]:
        return False
    rule = finding["rule"]
    return rule in pack.terms_by_rule or any(pattern.rule == rule for pattern in pack.patterns)


def text_hash(text: str) -> str:
    """The very words of a field, by which a dispute is bound to them."""
    return hashlib.sha256(text.encode()).hexdigest()


def disputes_among(
    subject: Ref, findings: Sequence[Mapping[str, Any]], texts: Mapping[str, str]
) -> dict[str, Dispute]:
    """The disputes that still hold for these findings of these fields, by finding key. One query."""
    blocking = {finding_key(one): one for one in findings if one["severity"] == "block"}
    if not blocking:
        return {}
    made = Dispute.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, finding_key__in=list(blocking)
    ).select_related("by")
    return {
        one.finding_key: one
        for one in made.order_by("at", "id")
        if one.text_hash == text_hash(texts.get(blocking[one.finding_key]["path"], ""))
    }
