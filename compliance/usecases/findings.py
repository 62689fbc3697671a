"""Setting findings aside, with the reason; the graver ones take two people: `compliance.settling`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from compliance.models import Dismissal, Review
from compliance.notices import tell_of_dismissal
from compliance.queries import finding_key, standing_dismissals, wrote
from compliance.settling import fit_for, is_settled, may_begin, takes_two
from kernel.actor import Actor, Ref
from kernel.errors import BadRequest, DomainError, NotFound
from kernel.lifecycle import IllegalTransition
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase


class NotAFinding(DomainError):
    code = "not_a_finding"
    status = 404
    zh = "这一版里没有这条提示。"
    en = "This version has no such finding."


class SecondPersonNeeded(DomainError):
    """Nobody confirms their own dismissal, nor does anyone who wrote any of the content."""

    code = "second_person_needed"
    status = 403
    zh = "需要另一位审核人员确认，且不能参与过内容的编写。"
    en = "Another reviewer must confirm this, who worked on none of the content."


class AlreadyDismissed(DomainError):
    code = "already_dismissed"
    zh = "这条提示已有处理记录。"
    en = "This finding has been dealt with already."


class DismissalLapsed(DomainError):
    """Whoever set the finding aside has written of the content since: nothing is left to confirm."""

    code = "dismissal_lapsed"
    zh = "提出保留的同事后来参与了内容编写，原处理已失效。请由其他审核人员重新处理。"
    en = "The colleague who set this aside has worked on the content since. Another reviewer must do so anew."


class PostNeeded(DomainError):
    """Between them the two must hold the posts that answer for such a finding."""

    code = "post_needed"
    status = 403
    zh = "处理拦截提示的两位同事中须有合规审核岗；涉及保本或承诺收益的，须合规审核岗与法务审核岗各一位。"
    en = (
        "Of the two who set a blocking finding aside one must be of compliance; for a promise of principal or"
        " return one of compliance and one of legal."
    )


@usecase(Permission.DECIDE_REVIEW)
def dismiss_finding(
    *, actor: Actor, review_id: UUID, key: str, reason: str, alike: bool = False, now: datetime
) -> Dismissal:
    """Set one finding of an open review aside, with `alike` every open one of its kind for the same reason.
    It stays on record; it counts no longer once whoever did so, or confirmed it, writes any of the content,
    and others may then set it aside anew. The dismissal of the one that was named.

    Raises NotAFinding, SecondPersonNeeded (who wrote any of it), PostNeeded, AlreadyDismissed, BadRequest (no
    reason), IllegalTransition (the review has ended).
    """
    review = _open_review(review_id, "dismiss")
    finding = _finding(review, key)
    if wrote(actor.id, review):
        raise SecondPersonNeeded
    if finding["severity"] == "block" and not may_begin(finding, actor.roles):
        raise PostNeeded
    words = reason.strip()
    if not words or len(words) > 1000:
        raise BadRequest
    standing = standing_dismissals(review)
    if _is_open(standing.get(key), finding):
        raise AlreadyDismissed
    first = _set_aside(review, finding, actor, words, now)
    done = {key}
    for other in review.findings if alike else ():
        name = finding_key(other)
        same = (other["category"], other["severity"]) == (finding["category"], finding["severity"])
        if same and name not in done and not _is_open(standing.get(name), other):
            done.add(name)
            _set_aside(review, other, actor, words, now)
    return first


def _is_open(aside: Dismissal | None, finding: Mapping[str, Any]) -> bool:
    """Whether it was set aside already, so that doing so again would say nothing new."""
    return aside is not None and (aside.seconded_by_id is None or is_settled(finding, aside))


def _set_aside(
    review: Review, finding: Mapping[str, Any], actor: Actor, words: str, now: datetime
) -> Dismissal:
    dismissal: Dismissal = Dismissal.objects.create(
        subject_kind=review.subject_kind,
        subject_id=review.subject_id,
        finding_key=finding_key(finding),
        rule=finding["rule"],
        path=finding["path"],
        matched=finding["matched"],
        sentence=finding.get("sentence", ""),
        severity=finding["severity"],
        reason=words,
        by_id=actor.id,
        at=now,
    )
    record(
        "compliance.dismissed",
        actor=actor,
        subject=Ref("dismissal", dismissal.id),
        at=now,
        campaign_id=review.subject_id,
        rule=dismissal.rule,
        severity=dismissal.severity,
    )
    if takes_two(finding):
        tell_of_dismissal(dismissal, review, now=now)
    return dismissal


@usecase(Permission.DECIDE_REVIEW)
def second_dismissal(
    *, actor: Actor, review_id: UUID, dismissal_id: UUID, alike: bool = False, now: datetime
) -> Dismissal:
    """Confirm a colleague's dismissal, with `alike` all that she set aside at once for the same reason.

    Raises NotFound, NotAFinding, SecondPersonNeeded, PostNeeded, AlreadyDismissed,
    DismissalLapsed, IllegalTransition.
    """
    review = _open_review(review_id, "second")
    dismissal: Dismissal | None = (
        Dismissal.objects.filter(id=dismissal_id, subject_id=review.subject_id)
        .select_for_update(of=("self",))
        .select_related("by")
        .first()
    )
    if dismissal is None:
        raise NotFound
    if actor.id == dismissal.by_id or wrote(actor.id, review):
        raise SecondPersonNeeded
    if dismissal.seconded_by_id is not None:
        raise AlreadyDismissed
    if wrote(dismissal.by_id, review):
        raise DismissalLapsed
    if not fit_for(_finding(review, dismissal.finding_key), dismissal.by.roles, actor.roles):
        raise PostNeeded
    _confirm(dismissal, review, actor, now)
    for other in _same_breath(dismissal) if alike else ():
        _confirm(other, review, actor, now)
    return dismissal


def _same_breath(dismissal: Dismissal) -> QuerySet[Dismissal]:
    """What the same colleague set aside in the same step and for the same reason, not yet confirmed."""
    found: QuerySet[Dismissal] = Dismissal.objects.filter(
        subject_kind=dismissal.subject_kind,
        subject_id=dismissal.subject_id,
        by_id=dismissal.by_id,
        at=dismissal.at,
        reason=dismissal.reason,
        severity=dismissal.severity,
        seconded_by=None,
    )
    return found.order_by("id").select_for_update()


def _confirm(dismissal: Dismissal, review: Review, actor: Actor, now: datetime) -> None:
    dismissal.seconded_by_id = actor.id
    dismissal.seconded_at = now
    dismissal.save(update_fields=["seconded_by", "seconded_at"])
    record(
        "compliance.dismissal_confirmed",
        actor=actor,
        subject=Ref("dismissal", dismissal.id),
        at=now,
        campaign_id=review.subject_id,
        rule=dismissal.rule,
    )


def _open_review(review_id: UUID, deed: str) -> Review:
    review: Review = Review.objects.locked(review_id)
    if review.status != "open":
        raise IllegalTransition(state=review.status, deed=deed)
    return review


def _finding(review: Review, key: str) -> Mapping[str, Any]:
    for finding in review.findings:
        if finding_key(finding) == key:
            found: Mapping[str, Any] = finding
            return found
    raise NotAFinding
