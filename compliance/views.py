"""The review desk: one review in three panes, and the deeds done there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.gate import answered
from compliance.mentions import mentionable
from compliance.models import Condition, Review
from compliance.queries import conditions_on, rechecks_of
from compliance.queue import open_reviews_for
from compliance.reading import read_review, stands_for_the_rest
from compliance.subjects import faces
from compliance.usecases import (
    decide_review,
    dismiss_finding,
    look_at_review,
    record_filing,
    second_dismissal,
)
from compliance.usecases.conditions import conditions_for
from kernel.errors import BadRequest, DomainError, NotFound
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import ROLE_LABELS, Permission, Role


@staff_door(Permission.VIEW_REVIEWS)
@require_safe
def review(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """One review: phone, content, decision. Raises NotFound."""
    found = _review(review_id)
    reading = read_review(found, actor=request.actor)
    following = open_reviews_for(request.actor).exclude(id=found.id)
    next_id = following.values_list("id", flat=True).first()
    looking = found.looked_at is not None and (request.now - found.looked_at).total_seconds() < 600
    context = {
        "reading": reading,
        "review": found,
        "now": request.now,
        "role_labels": {role.value: label for role, label in ROLE_LABELS.items()},
        "my_roles": [(role, ROLE_LABELS[Role(role)]) for role in reading.my_roles],
        "may_decide": bool(reading.my_roles) and not reading.own_work and not reading.decided,
        "may_object": reading.may_object and not reading.own_work and not reading.decided,
        "folds": stands_for_the_rest(found, reading.carried),
        "stands": any(opinion.reviewer_id == request.actor.id for opinion in reading.carried),
        "rechecks": rechecks_of(found),
        "stop": faces.stop_of(found.subject),
        "conditions": conditions_on(found),
        "conditions_to_ask": _conditions_to_ask(found),
        "may_file": request.user.may(Permission.DECIDE_REVIEW) and not reading.own_work,
        "may_second": found.status == "open"
        and request.user.may(Permission.DECIDE_REVIEW)
        and not reading.own_work,
        "may_keep": request.user.may(Permission.MANAGE_RULES),
        "may_prove": request.user.may(Permission.VIEW_EVIDENCE),
        "may_comment": request.user.may(Permission.COMMENT_REVIEW),
        "colleagues": mentionable(found.subject, now=request.now),
        "next_url": reverse("compliance:review", kwargs={"review_id": next_id}) if next_id else "",
        "waiting": following.count() if next_id else 0,
        "someone": found.looked_at_by if looking and found.looked_at_by_id != request.actor.id else None,
    }
    return render(request, "compliance/review.html", context)


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def decide(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Approve, return or reject. On success on to the next one that waits."""
    _review(review_id)
    try:
        decided = decide_review(
            actor=request.actor,
            review_id=review_id,
            verdict=request.POST.get("verdict", ""),
            reasons=request.POST.get("reasons", "")[:2000],
            role=request.POST.get("role", ""),
            conditions=_conditions(request.POST.getlist("condition"), request.POST.get("not_before", "")),
            now=request.now,
        )
    except DomainError as refusal:
        messages.error(request, refusal.message())
        return _back(request, review_id)
    messages.success(request, _said(decided))
    return _back(request, review_id)


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def filing(request: StaffRequest, review_id: UUID, condition_id: UUID) -> HttpResponse:
    """Record the filing number that an approval waits for."""
    _review(review_id)
    return _done(
        request,
        review_id,
        lambda: record_filing(
            actor=request.actor,
            condition_id=condition_id,
            number=request.POST.get("number", ""),
            now=request.now,
        ),
        "",
    )


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def look(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Colleagues see that someone is looking at it."""
    _review(review_id)
    look_at_review(actor=request.actor, review_id=review_id, now=request.now)
    return HttpResponse(status=204)


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def dismiss(request: StaffRequest, review_id: UUID, key: str) -> HttpResponse:
    """Set a finding aside."""
    _review(review_id)
    return _done(
        request,
        review_id,
        lambda: dismiss_finding(
            actor=request.actor,
            review_id=review_id,
            key=key,
            reason=request.POST.get("reason", ""),
            alike=bool(request.POST.get("alike")),
            now=request.now,
        ),
        request.POST.get("path", ""),
    )


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def confirm(request: StaffRequest, review_id: UUID, dismissal_id: UUID) -> HttpResponse:
    """Confirm a colleague's dismissal."""
    _review(review_id)
    return _done(
        request,
        review_id,
        lambda: second_dismissal(
            actor=request.actor,
            review_id=review_id,
            dismissal_id=dismissal_id,
            alike=bool(request.POST.get("alike")),
            now=request.now,
        ),
        request.POST.get("path", ""),
    )


def _review(review_id: UUID) -> Review:
    found = (
        answered(Review.objects.select_related("author", "last_editor", "previous", "looked_at_by"))
        .filter(id=review_id)
        .first()
    )
    if found is None:
        raise NotFound
    one: Review = found
    return one


def _done(request: StaffRequest, review_id: UUID, deed: Callable[[], object], path: str) -> HttpResponse:
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message())
    where = reverse("compliance:review", kwargs={"review_id": review_id})
    return redirect(f"{where}#at-{path.replace('.', '-')}" if path else where)


def _back(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """To the review, or to its place on the page of its batch."""
    batch_id = Review.objects.filter(id=review_id).values_list("batch_id", flat=True).first()
    if request.POST.get("from") == "batch" and batch_id:
        return redirect(f"{reverse('compliance:batch', args=[batch_id])}#review-{review_id}")
    return redirect("compliance:review", review_id=review_id)


def _said(decided: Review) -> str:
    if decided.status == "approved":
        return _("已通过，审核编号 %(number)s。") % {"number": decided.certificate}
    if decided.status == "open":
        return _("您的意见已记录，等待其他岗位。")
    return _("已退回作者。") if decided.status == "returned" else _("已否决。")


def _conditions_to_ask(review: Review) -> list[tuple[str, str]]:
    """What can be ticked for this content, besides the day."""
    kinds = [kind for kind in conditions_for(review) if kind != Condition.Kind.NOT_BEFORE]
    return [(kind.value, str(kind.label)) for kind in kinds]


def _conditions(ticked: Sequence[str], not_before: str) -> dict[str, date | None]:
    """Conditions ticked in the decision panel. Raises BadRequest."""
    asked: dict[str, date | None] = dict.fromkeys(one for one in ticked if one != Condition.Kind.NOT_BEFORE)
    if not_before:
        try:
            asked[Condition.Kind.NOT_BEFORE] = date.fromisoformat(not_before)
        except ValueError:
            raise BadRequest from None
    return asked
