"""Opening, deciding, withdrawing and lapsing a review."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from compliance.carrying import Carrying, carried_over
from compliance.clock import due_after, working_days_for
from compliance.lifecycle import REVIEW
from compliance.models import Carried, Decision, Review, Verdict
from compliance.notices import asking_is_over, tell_authors, tell_reviewers
from compliance.queries import (
    editors_of,
    last_approved,
    roles_heard,
    roles_open_to,
    stage_in_need,
    standing_findings,
    wrote,
)
from compliance.risk import Risk, assess
from compliance.sentences import in_their_sentences
from compliance.signing import refuse_unsigned, sign_decision, sign_scan
from compliance.subjects import Difference, faces
from compliance.usecases.articles import cite
from compliance.usecases.conditions import attach_conditions
from compliance.usecases.entries import record_decision, record_submission
from compliance.usecases.leaning import refuse_leaning, refuse_withdrawn_pack
from compliance.usecases.substitutes import absent_colleague
from compliance.wording import category_label
from kernel.actor import Actor, Ref
from kernel.enumeration import enumerated
from kernel.errors import BadRequest, DomainError
from kernel.lifecycle import IllegalTransition
from kernel.scope import current_institution
from kernel.timekeeping import local_day, whole_days_after
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

APPROVAL_LASTS = timedelta(days=180)
MOST_LISTED = 8
_OF_THE_STAGE = (
    "stage", "stage_entered_at", "due_at", "reminded_at", "escalated_at", "taken_by", "taken_at"
)  # fmt: skip


class OwnWork(DomainError):
    """Four eyes: nobody who wrote any of it decides."""

    code = "own_work"
    status = 403
    zh = "您参与了这份内容的编写，不能审核它。请由其他同事审核。"
    en = "You worked on this content and cannot decide on it. A colleague must review it."


class NotYourTurn(DomainError):
    """The current stage asks for a role this colleague does not hold, or it is filled already."""

    code = "not_your_turn"
    zh = "当前阶段不需要您的岗位作出决定。"
    en = "The current stage does not need a decision from your role."


class AlreadyDecided(DomainError):
    code = "already_decided"
    zh = "您已对这一版作出决定，决定不可更改。"
    en = "You have already decided on this version; a decision cannot be changed."


class ReasonsNeeded(DomainError):
    code = "reasons_needed"
    status = 400
    zh = "退回或不予通过时，请写明理由。"
    en = "Please give reasons when returning or rejecting."


class FindingsStand(DomainError):
    """Every block and every warning must be answered with a reason before anyone approves; the graver ones by
    two people.
    """

    code = "findings_stand"
    zh = "还有 {count} 条提示未处理，不能通过：{listed}。请写明保留的理由，或退回作者修改。"
    en = (
        "{count} findings have not been dealt with; approval is not possible: {listed}."
        " Say why the words may stay, or return it to the author."
    )

    def __init__(self, standing: Sequence[Mapping[str, Any]]) -> None:
        named = [one["matched"] or category_label(one.get("category", "")) for one in standing]
        more = "…" if len(named) > MOST_LISTED else ""
        super().__init__(count=len(named), listed=enumerated(dict.fromkeys(named[:MOST_LISTED])) + more)


class AlreadyInReview(DomainError):
    code = "already_in_review"
    zh = "这一版内容已在审核中。"
    en = "This version is already being reviewed."


@usecase(Permission.SUBMIT_CAMPAIGN)
def open_review(
    *,
    actor: Actor,
    subject: Ref,
    title: str,
    fingerprint: str,
    content: Mapping[str, Any],
    author_id: UUID,
    last_editor_id: UUID,
    findings: Sequence[Mapping[str, Any]] = (),
    excused: Sequence[Mapping[str, Any]] = (),
    pack_hash: str = "",
    stages: Sequence[Mapping[str, int]] | None = None,
    batch_id: UUID | None = None,
    now: datetime,
) -> Review:
    """Lay one fingerprint before compliance; a review of an older version is withdrawn. `batch_id` names
    what is sent together. The risk decides who must agree, unless `stages` says more. After an approval only
    posts that the changes concern are asked. Raises AlreadyInReview, RulesWithdrawn.
    """
    refuse_withdrawn_pack(pack_hash)
    _supersede(actor, subject, fingerprint, now)
    previous = last_approved(subject)
    risk = _assessed(content, findings, first=previous is None)
    asked = [dict(stage) for stage in stages or risk.stages]
    carrying = carried_over(
        previous=previous,
        differences=_differences(previous, content),
        findings=findings,
        stages=asked,
        writers={author_id, last_editor_id, *editors_of(subject)},
        now=now,
    )
    review = Review(
        subject_kind=subject.kind,
        subject_id=subject.id,
        title=title,
        fingerprint=fingerprint,
        content=dict(content),
        findings=in_their_sentences(findings, subject.kind, content),
        excused=[dict(one) for one in excused],
        pack_hash=pack_hash,
        risk=risk.points,
        risk_reasons=list(risk.reasons),
        stages=asked,
        author_id=author_id,
        last_editor_id=last_editor_id,
        submitted_at=now,
        stage_entered_at=now,
        due_at=due_after(now, working_days_for(risk.points)),
        previous=previous,
        asked_again=list(carrying.asked),
        asked_because=carrying.because,
        batch_id=batch_id,
    )
    _lay_down(review)
    _carry(review, carrying, now)
    record_submission(review, carrying, actor, now)
    tell_reviewers(review, "review.asked", now=now)
    return review


def _lay_down(review: Review) -> None:
    """Signed by the desk as the scan left it, with the articles it leans on."""
    sign_scan(review)
    review.save(force_insert=True)
    cite(review)


def _assessed(content: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], *, first: bool) -> Risk:
    return assess(content, findings, sector=institution_of(current_institution()).sector, first=first)


def _differences(previous: Review | None, content: Mapping[str, Any]) -> list[Difference]:
    return faces.of(previous.subject_kind).differences(previous.content, content) if previous else []


def _carry(review: Review, carrying: Carrying, now: datetime) -> None:
    """Lay the opinions that still stand beside the review, and begin where somebody is asked."""
    for stage, decision in carrying.opinions:
        Carried.objects.create(
            review=review,
            previous_id=review.previous_id,
            decision=decision,
            reviewer_id=decision.reviewer_id,
            role=decision.role,
            stage=stage,
            at=now,
        )
    begin = stage_in_need(review) if carrying.opinions else 0
    if begin:
        review.stage = begin
        review.save(update_fields=["stage"])


def _supersede(actor: Actor, subject: Ref, fingerprint: str, now: datetime) -> None:
    """The new content takes the place of an older one that is still in review. Raises AlreadyInReview."""
    before = Review.objects.of_subject(subject.kind, subject.id).open().select_for_update().first()
    if before is None:
        return
    if before.fingerprint == fingerprint:
        raise AlreadyInReview
    _close(before, "withdraw", now)
    record("compliance.superseded", actor=actor, subject=before.ref, at=now, campaign_id=subject.id)


@usecase(Permission.DECIDE_REVIEW)
def decide_review(
    *,
    actor: Actor,
    review_id: UUID,
    verdict: str,
    reasons: str = "",
    role: str = "",
    conditions: Mapping[str, date | None] = MappingProxyType({}),
    now: datetime,
) -> Review:
    """Give one verdict on the very content the review names; bound to its fingerprint.

    One return or rejection ends the review; a post whose opinion is carried may give one too. The last
    approval asked for issues the certificate; conditions hold the publication back until the machine finds
    them met.
    Raises OwnWork, NotYourTurn, AlreadyDecided, ReasonsNeeded, FindingsStand, LeansOnWithdrawn,
    IllegalTransition, BadRequest, NotAsScanned.
    """
    review: Review = Review.objects.locked(review_id)
    _refuse_unfit(actor, review, verdict, reasons)
    open_roles = roles_open_to(review, actor)
    if verdict != Verdict.APPROVE:
        open_roles = roles_heard(review, actor)
    if not open_roles or (role and role not in open_roles):
        raise NotYourTurn

    decision = Decision(
        review=review,
        author_id=review.author_id,
        last_editor_id=review.last_editor_id,
        reviewer_id=actor.id,
        role=role or open_roles[0],
        stage=review.stage,
        verdict=verdict,
        reasons=reasons.strip(),
        stands_in_for_id=absent_colleague(actor, review, role or open_roles[0], now),
        at=now,
    )
    sign_decision(decision, review)
    decision.save(force_insert=True)
    record_decision(decision, review, actor, now)
    if verdict == Verdict.APPROVE:
        attach_conditions(decision, conditions, now=now)
    if verdict != Verdict.APPROVE:
        _close(review, verdict, now)
    else:
        _next_stage(review, actor, now)
    asking_is_over(review, of=actor.id, now=now)
    if review.status != "open":
        asking_is_over(review, now=now)
        tell_authors(review, verdict, by=actor, now=now)
    return review


@usecase(Permission.SUBMIT_CAMPAIGN)
def withdraw_review(*, actor: Actor, subject: Ref, now: datetime) -> Review:
    """Take the open review of a subject back. Raises IllegalTransition when none is open."""
    review: Review | None = (
        Review.objects.of_subject(subject.kind, subject.id).open().select_for_update().first()
    )
    if review is None:
        raise IllegalTransition(state="withdrawn", deed="withdraw")
    _close(review, "withdraw", now)
    record(
        "compliance.withdrawn", actor=actor, subject=Ref("review", review.id), at=now, campaign_id=subject.id
    )
    return review


@usecase(Permission.VIEW_REVIEWS)
def look_at_review(*, actor: Actor, review_id: UUID, now: datetime) -> Review:
    """Tell colleagues that someone is looking at it."""
    review: Review = Review.objects.locked(review_id)
    review.looked_at_by_id = actor.id
    review.looked_at = now
    review.save(update_fields=["looked_at_by", "looked_at"])
    record(
        "compliance.looked_at",
        actor=actor,
        subject=Ref("review", review.id),
        at=now,
        campaign_id=review.subject_id,
    )
    return review


@usecase(by="system", may_do_nothing=True)
def lapse_reviews(*, actor: Actor, now: datetime) -> int:
    """Let approvals whose date has passed lapse; how many. Safe to repeat."""
    due = Review.objects.filter(status="approved", expires_at__lte=now).select_for_update(skip_locked=True)
    count = 0
    for review in due.order_by("id")[:500]:
        review.status = REVIEW.next(review.status, "lapse")
        review.save(update_fields=["status"])
        record(
            "compliance.lapsed",
            actor=actor,
            subject=Ref("review", review.id),
            at=now,
            campaign_id=review.subject_id,
        )
        count += 1
    return count


def _refuse_unfit(actor: Actor, review: Review, verdict: str, reasons: str) -> None:
    """Say no to whoever may not decide, and to what may not be decided so."""
    if verdict not in Verdict.values:
        raise BadRequest
    if wrote(actor.id, review):
        raise OwnWork
    if Decision.objects.filter(review=review, reviewer_id=actor.id).exists():
        raise AlreadyDecided
    REVIEW.next(review.status, verdict)
    refuse_unsigned(review)
    if verdict != Verdict.APPROVE and not reasons.strip():
        raise ReasonsNeeded
    if verdict == Verdict.APPROVE:
        refuse_leaning(review)
        if standing := standing_findings(review):
            raise FindingsStand(standing)


def _close(review: Review, deed: str, now: datetime) -> None:
    review.status = REVIEW.next(review.status, deed)
    review.decided_at = now
    review.save(update_fields=["status", "decided_at"])
    asking_is_over(review, now=now)


def _next_stage(review: Review, actor: Actor, now: datetime) -> None:
    """Go where somebody is still asked; with nobody left, the certificate. An approval outlives no opinion it
    carries.
    """
    number = stage_in_need(review)
    if number is not None:
        if number != review.stage:
            review.stage = number
            review.stage_entered_at = now
            review.due_at = due_after(now, working_days_for(review.risk))
            review.reminded_at = review.escalated_at = review.taken_by_id = review.taken_at = None
            review.save(update_fields=_OF_THE_STAGE)
            tell_reviewers(review, "review.asked", now=now)
        return
    carried = Carried.objects.filter(review=review).holding()
    ends = carried.order_by("previous__expires_at").values_list("previous__expires_at", flat=True).first()
    review.status = REVIEW.next(review.status, "approve")
    review.decided_at = now
    own_end = whole_days_after(now, APPROVAL_LASTS.days)
    review.expires_at = min(own_end, ends) if ends else own_end
    review.certificate = _certificate(now)
    review.save(update_fields=["status", "decided_at", "expires_at", "certificate"])
    record(
        "compliance.approved",
        actor=actor,
        subject=Ref("review", review.id),
        at=now,
        campaign_id=review.subject_id,
        fingerprint=review.fingerprint,
        certificate=review.certificate,
    )


def _certificate(now: datetime) -> str:
    """审核编号: the day and 40 random bits, unique within the institution."""
    return f"HQ{local_day(now):%Y%m%d}-{secrets.token_hex(5).upper()}"
