"""Remarks at the desk: written on a field, answered, marked as dealt with."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from compliance.mentions import mentionable, picked
from compliance.models import Comment, Review
from compliance.usecases import answer_comment, resolve_comment, write_comment
from compliance.usecases.remarks import CannotBeMentioned
from kernel.actor import Ref
from kernel.errors import BadRequest, DomainError, NotFound
from tenancy.doors import StaffRequest, staff_door
from tenancy.notices import address_of
from tenancy.roles import Permission


@staff_door(Permission.COMMENT_REVIEW)
@require_POST
def comment(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Remark on a field of the content under review. Raises NotFound."""
    found = Review.objects.filter(id=review_id).first()
    if found is None:
        raise NotFound
    path = request.POST.get("path", "")
    _done(
        request,
        lambda: write_comment(
            actor=request.actor,
            subject=found.subject,
            text=request.POST.get("text", ""),
            path=path,
            review_id=found.id,
            mentions=_mentions(request, found.subject),
            now=request.now,
        ),
    )
    return _back(request, review_id, found.subject, path)


@staff_door(Permission.COMMENT_REVIEW)
@require_POST
def answer(request: StaffRequest, comment_id: UUID) -> HttpResponse:
    """Answer a remark; authors come back to the page of what they wrote. Raises NotFound."""
    remark = _remark(comment_id)
    subject = Ref(remark.subject_kind, remark.subject_id)
    _done(
        request,
        lambda: answer_comment(
            actor=request.actor,
            comment_id=remark.id,
            text=request.POST.get("text", ""),
            mentions=_mentions(request, subject),
            now=request.now,
        ),
    )
    return _back(request, remark.review_id, subject, remark.path)


@staff_door(Permission.COMMENT_REVIEW)
@require_POST
def resolve(request: StaffRequest, review_id: UUID, comment_id: UUID) -> HttpResponse:
    """Mark a remark as dealt with. Raises NotFound."""
    remark = _remark(comment_id)
    _done(request, lambda: resolve_comment(actor=request.actor, comment_id=remark.id, now=request.now))
    return _back(request, review_id, Ref(remark.subject_kind, remark.subject_id), remark.path)


def _remark(comment_id: UUID) -> Comment:
    found: Comment | None = Comment.objects.filter(id=comment_id).first()
    if found is None:
        raise NotFound
    return found


def _mentions(request: StaffRequest, subject: Ref) -> list[UUID]:
    """Ids picked by the script, and a name chosen without it. Raises BadRequest, CannotBeMentioned."""
    try:
        ids = [UUID(each) for each in request.POST.getlist("mentions")[:40]]
    except ValueError:
        raise BadRequest from None
    name = request.POST.get("mention", "").strip()[:100]
    if name:
        chosen = picked(name, mentionable(subject, now=request.now))
        if chosen is None:
            raise CannotBeMentioned
        ids.append(chosen)
    return ids


def _done(request: StaffRequest, deed: Callable[[], object]) -> None:
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message())


def _back(request: StaffRequest, review_id: UUID | None, subject: Ref, path: str) -> HttpResponse:
    """To the field on the review page; for those who may not see reviews, to the subject's own page."""
    if review_id is None or not request.user.may(Permission.VIEW_REVIEWS):
        return redirect(address_of(subject) or "tenancy:home")
    where = reverse("compliance:review", kwargs={"review_id": review_id})
    return redirect(f"{where}#at-{path.replace('.', '-')}" if path else where)
