"""What the desk signs of a review: what was laid before it as the scan left it, and each decision."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from compliance.models import Decision, Review
from kernel.desk_keys import desk_session, sign_at_desk, signed_at_desk
from kernel.errors import DomainError
from kernel.fingerprint import fingerprint


class NotAsScanned(DomainError):
    """The findings of a review are not the ones that the desk's scan wrote down."""

    code = "not_as_scanned"
    zh = "这份送审的检测结果不是系统扫描写下的，不能审核。请保留现场并联系审计，由作者重新提交。"
    en = (
        "The findings of this review are not what the scan wrote down. It cannot be decided; "
        "please tell the auditor and have it submitted again."
    )


def sign_scan(review: Review) -> None:
    """Put the desk's signature under what is laid before compliance. Raises NoDeskKey."""
    signed = sign_at_desk(_scanned(review))
    review.scan_key, review.scan_signature = signed.key, signed.signature


def refuse_unsigned(review: Review) -> None:
    """What was laid down before signatures carries an empty one, which the database takes from nobody since.

    Raises NotAsScanned.
    """
    signature = bytes(review.scan_signature)
    if signature and not signed_at_desk(_scanned(review), review.scan_key, signature):
        raise NotAsScanned


def sign_decision(decision: Decision, review: Review) -> None:
    """Put the desk's signature under a decision, with the session it is made in. Raises NoDeskKey."""
    decision.session = desk_session.get()
    signed = sign_at_desk(decided(decision, review))
    decision.key, decision.signature = signed.key, signed.signature


def decided(decision: Decision, review: Review) -> tuple[str, ...]:
    """A decision as it is signed; `compliance_decided` in SQL writes the same."""
    return (
        "hequ-decision-1",
        str(decision.institution_id),
        str(decision.review_id),
        review.fingerprint,
        decision.verdict,
        str(decision.reviewer_id),
        str(decision.stands_in_for_id or ""),
        decision.role,
        str(decision.stage),
        hashlib.sha256(decision.reasons.encode()).hexdigest(),
        decision.session,
        _written(decision.at),
    )


def _scanned(review: Review) -> tuple[str, ...]:
    return (
        "hequ-scan-1",
        str(review.institution_id),
        str(review.id),
        review.subject_kind,
        str(review.subject_id),
        review.fingerprint,
        review.pack_hash,
        fingerprint(review.content),
        fingerprint(review.findings),
        fingerprint(review.stages),
        str(review.author_id),
        str(review.last_editor_id),
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
