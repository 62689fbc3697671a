"""One question of the library: written, saved while typing, checked under its fields, submitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campaigns.games.base import Json, Problem
from campaigns.models import Question
from campaigns.question_content import SECTOR_LABELS, Written, findings_in_question, problems_of_question
from campaigns.question_library import question_called, standings_of, topics_in_use, versions_of
from campaigns.question_quarantine import campaigns_using
from campaigns.question_twins import twins_of
from campaigns.question_wording import mark_of
from campaigns.remarks import as_shown, open_remarks
from campaigns.telling import article_names, finding_told, problem_told
from campaigns.usecases.merging import CopyInReview, KeepTheApproved, NotTheSameQuestion, merge_question
from campaigns.usecases.questions import (
    QuestionNotReady,
    restore_question,
    retire_question,
    save_question,
    submit_question,
    withdraw_question,
    write_question,
)
from compliance.queries import latest_review, pack_in_force
from compliance.scanner import Finding
from kernel.errors import BadRequest, NotFound
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from kernel.wire import decode, json_reply
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of

LARGEST_BODY = 32 * 1024
_DEEDS: dict[str, tuple[Callable[..., Question], object]] = {
    "withdraw": (withdraw_question, gettext_lazy("已撤回送审")),
    "retire": (retire_question, gettext_lazy("已停用，不再提供给新的活动")),
    "restore": (restore_question, gettext_lazy("已恢复")),
}


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """What the editor saves."""

    revision: int
    question: Written


@staff_door(Permission.EDIT_CAMPAIGN)
@require_POST
def write(request: StaffRequest) -> HttpResponse:
    """A fresh question, straight into the editor."""
    question = write_question(actor=request.actor, now=request.now)
    return redirect("questions:question", question.id)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def question(request: StaffRequest, question_id: UUID) -> HttpResponse:
    """One question: its words, where it stands, what was approved of it. Raises NotFound."""
    found = question_called(question_id)
    standing = standings_of([found], now=request.now)[found.id]
    review = latest_review(found.ref)
    versions = versions_of(found)
    threads = open_remarks(found.ref)
    used = campaigns_using({found.wording, *(version.wording for version in versions)})
    context = {
        "question": found,
        "mark": mark_of(standing.state),
        "state": standing.state.value,
        "in_review": standing.in_review,
        "review": review,
        "reasons": _reasons(review),
        "versions": versions,
        "standing_id": standing.version.id if standing.version else None,
        "campaigns": {using.id: using for each in used.values() for using in each}.values(),
        "twins": twins_of(found),
        "kept": found.merged_into,
        "may_edit": request.user.may(Permission.EDIT_CAMPAIGN),
        "may_submit": request.user.may(Permission.SUBMIT_CAMPAIGN),
        "sectors": SECTOR_LABELS.items(),
        "topics": topics_in_use(),
        "articles": article_names(),
        "threads": threads,
        "may_answer": request.user.may(Permission.COMMENT_REVIEW),
        "start": {
            "revision": found.revision,
            "question": found.draft,
            "remarks": [as_shown(remark) for remark in threads],
            **_told(found.draft, request),
        },
        "now": request.now,
    }
    return render(request, "campaigns/question.html", context)


@staff_door(Permission.EDIT_CAMPAIGN)
@require_POST
def save(request: StaffRequest, question_id: UUID) -> HttpResponse:
    """Keep what was typed and say what the scan thinks of it."""
    sent = decode(request, Draft, limit=LARGEST_BODY)
    kept = save_question(
        actor=request.actor,
        question_id=question_id,
        revision=sent.revision,
        written=sent.question,
        now=request.now,
    )
    return json_reply({"revision": kept.revision, **_told(kept.draft, request)})


@staff_door(Permission.SUBMIT_CAMPAIGN)
@require_POST
def submit(request: StaffRequest, question_id: UUID) -> HttpResponse:
    """Lay it before compliance; what is in the way comes back with its place."""
    try:
        submit_question(actor=request.actor, question_id=question_id, now=request.now)
    except QuestionNotReady as refused:
        refused.details["problems"] = _places(refused.problems, refused.findings)
        raise
    messages.success(request, _("已送审，合规岗会在审核台看到这道题"))
    return json_reply({"next": reverse("questions:question", args=[question_id])})


@staff_door(Permission.EDIT_CAMPAIGN)
@require_POST
def carry_out(request: StaffRequest, question_id: UUID, deed: str) -> HttpResponse:
    """One deed by its name. Raises NotFound, Denied, IllegalTransition."""
    if deed not in _DEEDS:
        raise NotFound
    usecase, done = _DEEDS[deed]
    usecase(actor=request.actor, question_id=question_id, now=request.now)
    messages.success(request, str(done))
    return redirect("questions:question", question_id)


@staff_door(Permission.EDIT_CAMPAIGN)
@require_POST
def merge(request: StaffRequest, question_id: UUID) -> HttpResponse:
    """Set this copy aside for the one that is kept. Raises NotFound, BadRequest."""
    try:
        keep_id = UUID(request.POST.get("keep", ""))
    except ValueError:
        raise BadRequest from None
    try:
        merge_question(actor=request.actor, question_id=question_id, keep_id=keep_id, now=request.now)
    except (NotTheSameQuestion, CopyInReview, KeepTheApproved) as refusal:
        messages.error(request, refusal.message())
        return redirect("questions:question", question_id)
    messages.success(request, _("已合并，保留这一道"))
    return redirect("questions:question", keep_id)


def _told(written: Json, request: StaffRequest) -> Json:
    sector = institution_of(current_institution()).sector
    problems = problems_of_question(written, today=local_day(request.now))
    findings = findings_in_question(written, sector=sector, pack=pack_in_force())
    return {"problems": _places(problems, findings)}


def _places(problems: Sequence[Problem], findings: Sequence[Finding]) -> list[Json]:
    return [*map(problem_told, problems), *map(finding_told, findings)]


def _reasons(review: Any) -> list[Any]:
    """Why it came back, in the reviewers' words."""
    if review is None or review.status not in ("returned", "rejected"):
        return []
    return list(review.decisions.select_related("reviewer").order_by("at", "id"))
