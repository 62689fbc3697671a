"""Holding a blocking finding for a false alarm: reviewers decide, two of them, one of compliance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.disputes import disputes_among, may_dispute, text_hash
from compliance.models import Dispute
from compliance.packs import pack_in_force
from compliance.queries import finding_key
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase

MOST_REASON = 500


class NotDisputable(DomainError):
    """A figure, a missing sentence, the mechanics: nothing that reviewers could read otherwise."""

    code = "not_disputable"
    status = 422
    zh = "这条提示不是对文字的判断，不能申请误报复核，请修改内容。"
    en = "This finding is no reading of words and cannot be disputed. Please change the content."


class AlreadyDisputed(DomainError):
    code = "already_disputed"
    zh = "这条提示已申请误报复核。"
    en = "A review of this finding as a false alarm was asked for already."


@usecase(Permission.SUBMIT_CAMPAIGN)
def dispute_finding(
    *, actor: Actor, subject: Ref, finding: Mapping[str, Any], text: str, reason: str, now: datetime
) -> Dispute:
    """Ask reviewers to judge a blocking finding of this field, whose words are `text`.

    It may then be submitted; it is approved only once two others set the finding aside, one of compliance.
    Raises NotDisputable, AlreadyDisputed, BadRequest (no reason, or one too long).
    """
    words = reason.strip()
    if not words or len(words) > MOST_REASON:
        raise BadRequest
    if not may_dispute(finding, pack_in_force()):
        raise NotDisputable
    key = finding_key(finding)
    if key in disputes_among(subject, [finding], {finding["path"]: text}):
        raise AlreadyDisputed
    dispute: Dispute = Dispute.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        finding_key=key,
        rule=finding["rule"],
        path=finding["path"],
        matched=finding["matched"],
        text_hash=text_hash(text),
        reason=words,
        by_id=actor.id,
        at=now,
    )
    record(
        "compliance.disputed",
        actor=actor,
        subject=Ref("dispute", dispute.id),
        at=now,
        campaign_id=subject.id,
        rule=dispute.rule,
        text_hash=dispute.text_hash,
    )
    return dispute
