"""What colleagues are told about reviews: the kinds in words, and to whom each goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compliance.models import (
    Comment,
    Condition,
    Decision,
    Dismissal,
    EvidencePackage,
    Recheck,
    Review,
    RulePack,
    Substitute,
)
from compliance.queries import missing_roles, writers_of
from kernel.actor import Actor, Ref
from kernel.ids import new_id
from tenancy.models import Staff
from tenancy.notices import Called, NoticeKind, notice_kind, notice_subject, notify, settle
from tenancy.queries import colleagues_holding, colleagues_who_may
from tenancy.roles import ROLE_LABELS, Permission, Role, allows

for _kind in (
    NoticeKind("remark.mentioned", _("%(who)s 在《%(title)s》的批注中提到了您"), "chat", "caution"),
    NoticeKind("remark.answered", _("%(who)s 回复了您在《%(title)s》中的批注"), "chat"),
    NoticeKind("review.approve", _("《%(title)s》已通过审核"), "check-circle", "good"),
    NoticeKind("review.return", _("%(who)s 退回了《%(title)s》，请修改后重新送审"), "refresh", "caution"),
    NoticeKind("review.reject", _("%(who)s 否决了《%(title)s》"), "cross-circle", "danger"),
    NoticeKind("review.asked", _("《%(title)s》等您审核"), "stamp"),
    NoticeKind("review.nudged", _("%(who)s 请您尽快审核《%(title)s》"), "bell", "caution"),
    NoticeKind("review.condition", _("《%(title)s》的附加条件已满足，可以发布"), "check-circle", "good"),
    NoticeKind("review.due", _("《%(title)s》的审核期限将到"), "clock", "caution"),
    NoticeKind("review.late", _("《%(title)s》的审核已超过期限"), "warning", "danger"),
    NoticeKind(
        "review.recheck", _("《%(title)s》所引法规有更新或撤回，请在期限前重新送审"), "law", "caution"
    ),
    NoticeKind("substitute.named", _("%(who)s 请您代为审核：%(title)s"), "people", "caution"),
    NoticeKind("finding.second", _("%(who)s 搁置了《%(title)s》的一条提示，等待第二人复核"), "shield"),
    NoticeKind("evidence.ready", _("《%(title)s》的证据包已做好，可以下载"), "download", "good"),
    NoticeKind("trial.failed", _("%(title)s没有试成，请再试一次；仍不行请联系平台支持"), "warning", "danger"),
    NoticeKind("evidence.failed", _("《%(title)s》的证据包未能制作，请重新制作"), "warning", "danger"),
):
    notice_kind(_kind)


_ASKING = ("review.asked", "review.due", "review.late", "finding.second")


def reviews_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Reviews by title, found at the desk."""
    titles = Review.objects.filter(id__in=ids).values_list("id", "title")
    return {pk: Called(title, reverse("compliance:review", args=[pk])) for pk, title in titles}


def substitutes_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Arrangements by post and days, found on their page."""
    address = reverse("compliance:substitutes")
    return {
        named.id: Called(
            f"{ROLE_LABELS[Role(named.role)]} {named.first_day} – {named.last_day}",
            address,
        )
        for named in Substitute.objects.filter(id__in=ids)
    }


def packages_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Evidence packages by the title of what they prove, found on their page."""
    titles = EvidencePackage.objects.filter(id__in=ids).values_list("id", "title")
    address = reverse("compliance:evidence")
    return {pk: Called(title, address) for pk, title in titles}


def packs_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Drafts and packs by their number, found on the page of the rules."""
    numbers = RulePack.objects.filter(id__in=ids).values_list("id", "number")
    address = reverse("compliance:rules")
    return {pk: Called(gettext("第 %(n)s 版规则") % {"n": number}, address) for pk, number in numbers}


notice_subject("evidence", names=packages_called)
notice_subject("rule_pack", names=packs_called)
notice_subject("review", names=reviews_called)
notice_subject("substitute", names=substitutes_called)


def tell_of_remark(comment: Comment, *, now: datetime) -> None:
    """Those mentioned, and those who spoke in the thread before, each once."""
    mentioned = {UUID(each) for each in comment.mentions}
    _tell_readers(mentioned, "remark.mentioned", comment, now)
    if comment.answers_id is not None:
        thread = Comment.objects.filter(id=comment.answers_id) | Comment.objects.filter(
            answers_id=comment.answers_id
        )
        writers = set(thread.values_list("writer_id", flat=True))
        _tell_readers(writers - mentioned, "remark.answered", comment, now)


def tell_authors(review: Review, verdict: str, *, by: Actor, now: datetime) -> None:
    """Author and last editor, when the review has come to its end."""
    notify(
        {review.author_id, review.last_editor_id},
        kind=f"review.{verdict}",
        subject=review.subject,
        source=review.id,
        by=by.id,
        now=now,
    )


def tell_reviewers(review: Review, kind: str, *, now: datetime) -> None:
    """Those whose post the current stage still asks for; once late (``review.late``), compliance too."""
    source = uuid5(review.id, f"{review.stage} {review.due_at.isoformat()}")
    notify(_asked(review, kind, now), kind=kind, subject=review.ref, source=source, now=now)


def tell_of_nudge(review: Review, *, by: Actor, now: datetime) -> None:
    """A colleague asks those whose word is missing for haste."""
    source = uuid5(review.id, f"nudge {now.isoformat()}")
    people = _asked(review, "review.nudged", now)
    notify(people, kind="review.nudged", subject=review.ref, source=source, by=by.id, now=now)


def tell_of_condition(condition: Condition, *, now: datetime) -> None:
    """A condition is met, each time that it is: those who wrote it, once nothing else holds the publication
    back.
    """
    review = condition.review
    if not Condition.objects.filter(review=review, met_at__isnull=True).exists():
        authors = {review.author_id, review.last_editor_id}
        source = uuid5(condition.id, f"met {now.isoformat()}")
        notify(authors, kind="review.condition", subject=review.subject, source=source, now=now)


def asking_is_over(review: Review, *, of: UUID | None = None, now: datetime) -> None:
    """Nobody (or not this colleague) need act on the review any more: what asked them to is settled."""
    settle(_ASKING, subject=review.ref, of=of, now=now)


def tell_of_recheck(review: Review, recheck: Recheck, *, now: datetime) -> None:
    """Those who wrote what must be reviewed again."""
    notify(
        {review.author_id, review.last_editor_id},
        kind="review.recheck",
        subject=review.subject,
        source=recheck.id,
        now=now,
    )


def tell_of_dismissal(dismissal: Dismissal, review: Review, *, now: datetime) -> None:
    """A finding that takes two was set aside: whoever may be the second person."""
    deciders = _ids(colleagues_who_may(Permission.DECIDE_REVIEW, now=now))
    notify(
        deciders - writers_of(review),
        kind="finding.second",
        subject=review.ref,
        source=dismissal.id,
        by=dismissal.by_id,
        place=_anchor(dismissal.path),
        now=now,
    )


def tell_substitute(named: Substitute, *, now: datetime) -> None:
    """Whoever was asked to stand in."""
    notify(
        [named.substitute_id],
        kind="substitute.named",
        subject=Ref("substitute", named.id),
        source=named.id,
        by=named.absent_id,
        now=now,
    )


def tell_of_evidence(package: EvidencePackage, *, now: datetime) -> None:
    """Whoever asked for it: it can be taken, or it was given up."""
    kind = f"evidence.{package.state}"
    notify([package.asked_by_id], kind=kind, subject=package.ref, source=package.id, now=now)


def tell_of_failed_trial(pack: RulePack, *, now: datetime) -> None:
    """Whoever asked to have the draft tried: it could not be."""
    if pack.trial_asked_by_id:
        subject = Ref("rule_pack", pack.id)
        notify([pack.trial_asked_by_id], kind="trial.failed", subject=subject, source=new_id(), now=now)


def _tell_readers(staff_ids: set[UUID], kind: str, comment: Comment, now: datetime) -> None:
    """Reviewers are led to the review, authors to the page of the subject itself."""
    at_desk: set[UUID] = set()
    if comment.review_id is not None:
        people = Staff.objects.filter(id__in=staff_ids).values_list("id", "roles")
        at_desk = {pk for pk, roles in people if allows(roles, Permission.VIEW_REVIEWS)}
        _tell(at_desk, kind, Ref("review", comment.review_id), comment, now)
    _tell(staff_ids - at_desk, kind, Ref(comment.subject_kind, comment.subject_id), comment, now)


def _tell(staff_ids: set[UUID], kind: str, subject: Ref, comment: Comment, now: datetime) -> None:
    place = _anchor(comment.path) if subject.kind == "review" else ""
    notify(
        staff_ids, kind=kind, subject=subject, source=comment.id, by=comment.writer_id, place=place, now=now
    )


def _asked(review: Review, kind: str, now: datetime) -> set[UUID]:
    posts = set(missing_roles(review))
    if kind == "review.late":
        posts.add(Role.COMPLIANCE)
    done = Decision.objects.filter(review=review).values_list("reviewer_id", flat=True)
    return _ids(colleagues_holding(posts, now=now)) - writers_of(review) - set(done)


def _ids(people: Iterable[Staff]) -> set[UUID]:
    return {each.id for each in people}


def _anchor(path: str) -> str:
    """Where a field stands on the review page; as its template writes it."""
    return f"at-{path.replace('.', '-')}" if path else ""
