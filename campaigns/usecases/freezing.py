"""The way to compliance that campaigns and questions share: frozen as a version, reviewed by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from campaigns.games.base import Json
from campaigns.models import Campaign, Question
from compliance.models import Dispute
from compliance.queries import finding_key, pack_in_force
from compliance.scanner import Excuse, Finding, pack_hash
from compliance.usecases import open_review
from kernel.actor import Actor
from kernel.fingerprint import fingerprint


def frozen(
    versions: Any, content: Json, *, actor: Actor, now: datetime, **columns: Any
) -> Any:  # Any: the versions of a campaign, or of a question with columns of their own
    """The version with this very content; if there is none, a fresh one with the next number."""
    name = fingerprint(content)
    same = versions.filter(fingerprint=name).first()
    if same is not None:
        return same
    last = versions.order_by("-number").values_list("number", flat=True).first()
    return versions.create(
        number=(last or 0) + 1,
        content=content,
        fingerprint=name,
        created_by_id=actor.id,
        created_at=now,
        **columns,
    )


def lay_before_compliance(
    written: Campaign | Question,
    content: Json,
    *,
    title: str,
    findings: Sequence[Finding],
    excused: Sequence[Excuse] = (),
    disputed: Mapping[str, Dispute] = MappingProxyType({}),
    actor: Actor,
    batch_id: UUID | None = None,
    now: datetime,
) -> None:
    """Open the review of the very content that was checked; `batch_id` names what is submitted together.
    What was `disputed`, by finding key, says so in the review with the author's reason.

    Raises RulesWithdrawn, AlreadyInReview.
    """
    open_review(
        actor=actor,
        subject=written.ref,
        title=title,
        fingerprint=fingerprint(content),
        content=content,
        author_id=written.author_id,
        last_editor_id=written.last_editor_id,
        findings=[_laid(asdict(finding), disputed) for finding in findings],
        excused=[asdict(one) for one in excused],
        pack_hash=pack_hash(pack_in_force()),
        batch_id=batch_id,
        now=now,
    )


def _laid(finding: dict[str, Any], disputed: Mapping[str, Dispute]) -> dict[str, Any]:
    """A finding as the review keeps it."""
    dispute = disputed.get(finding_key(finding))
    return {**finding, "disputed": dispute.reason} if dispute else finding
