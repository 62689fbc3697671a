"""Withdrawing a rule pack or a text: what was approved leaning on it is approved no longer, at once.

Of an article what a new wording of the law does: questions are held at once, campaigns have a day for their
new review and go offline after it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from compliance.clock import due_after
from compliance.lifecycle import REVIEW
from compliance.models import ArticleVersion, Review, RulePack, Withdrawal
from compliance.packs import pack_in_force
from compliance.scanner import pack_hash
from compliance.subjects import faces
from compliance.usecases.articles import RECHECK_DAYS, ask_anew
from compliance.usecases.leaning import withdrawal_begins
from compliance.withdrawals import leaning_on, what_can_be_withdrawn
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase

LONGEST_REASON = 500


class OwnAsking(DomainError):
    """Four eyes: who asked for it does not confirm it."""

    code = "own_asking"
    status = 403
    zh = "撤回由您提出，请另一位同事确认。"
    en = "You asked for this; a colleague must confirm it."


class AlreadyAsked(DomainError):
    code = "already_asked"
    zh = "这一版已经提出撤回或已撤回。"
    en = "This version is withdrawn already, or waits for confirmation."


@usecase(Permission.MANAGE_RULES)
def ask_withdrawal(
    *, actor: Actor, kind: str, key: str, version: str, title: str, reason: str, now: datetime
) -> Withdrawal:
    """Say that a version must not be leant on any longer; nothing happens until a colleague confirms.

    Raises BadRequest, AlreadyAsked.
    """
    words = reason.strip()
    fit = kind in Withdrawal.Kind.values and 0 < len(key) <= 64 and 0 < len(version) <= 64
    if not fit or not words or len(words) > LONGEST_REASON:
        raise BadRequest
    if kind != Withdrawal.Kind.NOTICE and (kind, key, version) not in what_can_be_withdrawn():
        raise BadRequest
    same = Withdrawal.objects.filter(kind=kind, key=key, version=version)
    if same.exclude(status=Withdrawal.Status.DROPPED).exists():
        raise AlreadyAsked
    asked: Withdrawal = Withdrawal.objects.create(
        kind=kind,
        key=key,
        version=version,
        title=title.strip()[:200],
        reason=words,
        asked_by_id=actor.id,
        asked_at=now,
    )
    record(
        "compliance.withdrawal_asked", actor=actor, subject=asked.ref, at=now, kind=kind, version=version[:12]
    )
    return asked


@usecase(Permission.MANAGE_RULES)
def confirm_withdrawal(*, actor: Actor, withdrawal_id: UUID, now: datetime) -> Withdrawal:
    """Carry a colleague's withdrawal out: approvals that lean on it are revoked, open reviews sent back.

    An institution's own pack in force retires with it; the shipped rules stay in force. Approvals that lean
    on an article are not revoked but get a day for their new review.
    Raises NotFound, OwnAsking.
    """
    withdrawal_begins()
    withdrawal = _asked(withdrawal_id)
    if withdrawal.asked_by_id == actor.id:
        raise OwnAsking
    if withdrawal.kind == Withdrawal.Kind.PACK and withdrawal.key == pack_hash(pack_in_force()):
        RulePack.objects.filter(status="active").update(status="retired")
    withdrawal.revoked = _take_back(withdrawal, actor, now)
    _settle(withdrawal, Withdrawal.Status.CONFIRMED, actor, now)
    record(
        "compliance.withdrawal_confirmed",
        actor=actor,
        subject=withdrawal.ref,
        at=now,
        kind=withdrawal.kind,
        version=withdrawal.version[:12],
        count=withdrawal.revoked,
    )
    return withdrawal


@usecase(Permission.MANAGE_RULES)
def drop_withdrawal(*, actor: Actor, withdrawal_id: UUID, now: datetime) -> Withdrawal:
    """Let a withdrawal that nobody confirmed be. Raises NotFound."""
    withdrawal = _asked(withdrawal_id)
    _settle(withdrawal, Withdrawal.Status.DROPPED, actor, now)
    record("compliance.withdrawal_dropped", actor=actor, subject=withdrawal.ref, at=now, kind=withdrawal.kind)
    return withdrawal


def _asked(withdrawal_id: UUID) -> Withdrawal:
    found = Withdrawal.objects.filter(id=withdrawal_id, status=Withdrawal.Status.ASKED)
    withdrawal: Withdrawal | None = found.select_for_update().first()
    if withdrawal is None:
        raise NotFound
    return withdrawal


def _settle(withdrawal: Withdrawal, status: str, actor: Actor, now: datetime) -> None:
    withdrawal.status = status
    withdrawal.settled_by_id = actor.id
    withdrawal.settled_at = now
    withdrawal.save(update_fields=["status", "settled_by", "settled_at", "revoked"])


def _take_back(withdrawal: Withdrawal, actor: Actor, now: datetime) -> int:
    """Revoke what is approved (of an article: give it a day), send back what is being reviewed; how many
    approvals that were.
    """
    leaning = leaning_on(withdrawal.kind, withdrawal.key, withdrawal.version)
    leaning = leaning.filter(Q(status="approved") | Q(status="open"))
    because = f"{withdrawal.kind}:{withdrawal.key}"[:40]
    revoked = 0
    for review in leaning.select_for_update().order_by("id"):
        approved = review.status == "approved"
        if approved and withdrawal.kind == Withdrawal.Kind.ARTICLE:
            revoked += _given_a_day(review, withdrawal, actor, now)
            continue
        review.status = REVIEW.next(review.status, "revoke" if approved else "withdraw")
        review.ended_because = because
        review.decided_at = review.decided_at or now
        review.save(update_fields=["status", "ended_because", "decided_at"])
        _note(review, approved, withdrawal, actor, now)
        revoked += approved
    return revoked


def _given_a_day(review: Review, withdrawal: Withdrawal, actor: Actor, now: datetime) -> bool:
    """Have it reviewed again by a day; what its own room holds at once needs none."""
    if review.subject_kind in faces.quarantined:
        return False
    versions = ArticleVersion.objects.filter(article_id=withdrawal.key, fingerprint=withdrawal.version)
    return ask_anew(
        review, versions.latest("number"), due_at=due_after(now, RECHECK_DAYS), actor=actor, now=now
    )


def _note(review: Review, approved: bool, withdrawal: Withdrawal, actor: Actor, now: datetime) -> None:
    record(
        "compliance.revoked" if approved else "compliance.withdrawn",
        actor=actor,
        subject=Ref("review", review.id),
        at=now,
        campaign_id=review.subject_id,
        reason=f"{withdrawal.kind}_withdrawn",
        withdrawal=str(withdrawal.id),
    )
