"""The question library's lists: the institution's own, ours, and what the law has put out of use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.bank import bank_is_certified
from campaigns.games.base import Json
from campaigns.models import Question
from campaigns.question_content import SECTOR_LABELS, sector_words
from campaigns.question_library import (
    Standing,
    offered,
    ours_held,
    ours_matching,
    questions_matching,
    standings_of,
    topics_in_use,
)
from campaigns.question_models import State
from campaigns.question_quarantine import held_questions
from campaigns.question_rows import EXAMPLE, HEADING, LARGEST_FILE, Rows, read_rows
from campaigns.question_twins import told_twice
from campaigns.question_wording import mark_of
from campaigns.usecases.clearing import clear_question
from campaigns.usecases.drafting import storable
from campaigns.usecases.questions import import_questions, submit_question
from campaigns.wording import spoken
from compliance.library import articles
from kernel.errors import BadRequest, DomainError
from kernel.ids import new_id
from kernel.scope import current_institution
from kernel.sheet import UnreadableSheet, rows_in, rows_of, sheet_template
from kernel.timekeeping import local_day
from kernel.typed import typed_page
from kernel.wire import json_reply
from tenancy.body_limits import SHEET, takes_files
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.uploads import seen_rows

PER_PAGE = 20
MOST_TOGETHER = 50
_WIDTHS = (46, 26, 26, 26, 26, 12, 46, 12, 12)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def own(request: StaffRequest) -> HttpResponse:
    """The institution's own questions: searched, filtered, a page at a time."""
    asked = _asked(request)
    state = request.GET.get("state", "")
    sector = request.GET.get("sector", "")
    found = questions_matching(
        words=asked["words"],
        topic=asked["topic"],
        sector=sector if sector in SECTOR_LABELS else "",
        state=state if state in State.values else "",
        now=request.now,
    )
    page = Paginator(found, MOST_TOGETHER).get_page(request.GET.get("page"))
    standings = standings_of(list(page.object_list), now=request.now)
    context = {
        **_tabs(request, "own"),
        **asked,
        "page": page,
        "rows": [_row(question, standings[question.id]) for question in page.object_list],
        "state": state,
        "sector": sector,
        "states": State.choices,
        "sectors": SECTOR_LABELS.items(),
        "topics": topics_in_use(),
        "twice": told_twice(),
        "filtered": bool(asked["words"] or asked["topic"] or state or sector),
    }
    return render(request, "campaigns/questions.html", context)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def ours(request: StaffRequest) -> HttpResponse:
    """The questions that come with the house, for this sector."""
    asked = _asked(request)
    sector = institution_of(current_institution()).sector
    found = ours_matching(words=asked["words"], topic=asked["topic"], sector=sector)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    held, certified = ours_held(), bank_is_certified(local_day(request.now))
    laws = articles()
    context = {
        **_tabs(request, "ours"),
        **asked,
        "page": page,
        "rows": [
            {
                "question": question,
                "law": laws[question.article].law if question.article in laws else question.article,
                "mark": mark_of(
                    State.QUARANTINED
                    if question.id in held
                    else State.APPROVED
                    if certified
                    else State.EXPIRED
                ),
            }
            for question in page.object_list
        ],
        "topics": topics_in_use(),
    }
    return render(request, "campaigns/questions_ours.html", context)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def held(request: StaffRequest) -> HttpResponse:
    """因法规更新待复核: the wording a question was written to beside the one in force."""
    page = Paginator(held_questions(now=request.now), PER_PAGE).get_page(request.GET.get("page"))
    laws = articles()
    rows = [
        {
            "held": one,
            "law": laws[one.after.article_id].law if one.after.article_id in laws else one.after.article_id,
            "mine": request.actor.id in (one.author_id, one.last_editor_id),
        }
        for one in page.object_list
    ]
    context = {
        **_tabs(request, "held"),
        "page": page,
        "rows": rows,
        "may_clear": request.user.may(Permission.CLEAR_QUESTION),
    }
    return render(request, "campaigns/questions_held.html", context)


@staff_door(Permission.CLEAR_QUESTION)
@require_POST
def clear(request: StaffRequest, code: str) -> HttpResponse:
    """Let one stand against the newer wording."""
    number = request.POST.get("article_version", "")
    try:
        clear_question(
            actor=request.actor,
            code=code,
            article_version=int(number) if number.isdecimal() and len(number) < 9 else 0,
            reasons=storable(request.POST.get("reasons", ""))[:500],
            now=request.now,
        )
    except BadRequest:
        messages.error(request, _("请写明复核意见；如条款又有更新，请重新核对。"))
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已复核，题目 %(code)s 恢复使用") % {"code": code})
    return redirect("questions:held")


@staff_door(Permission.EDIT_CAMPAIGN)
@require_safe
def offered_now(request: StaffRequest) -> HttpResponse:
    """What a campaign may use now, for the builder's picker: a page at a time."""
    asked = _asked(request)
    found, more = offered(
        sector=institution_of(current_institution()).sector,
        words=asked["words"],
        topic=asked["topic"],
        page=typed_page(request.GET.get("page", "")),
        now=request.now,
    )
    return json_reply({"questions": found, "more": more, "topics": topics_in_use()})


@staff_door(Permission.SUBMIT_CAMPAIGN)
@require_POST
def submit_many(request: StaffRequest) -> HttpResponse:
    """The questions ticked on a page of the list: each a review of its own, read together as one batch."""
    sent, left = 0, 0
    ticked = request.POST.getlist("question")[:MOST_TOGETHER]
    batch_id = new_id() if len(ticked) > 1 else None
    for typed in ticked:
        try:
            submit_question(actor=request.actor, question_id=_uuid(typed), batch_id=batch_id, now=request.now)
            sent += 1
        except DomainError:
            left += 1
    if sent:
        messages.success(request, _("已送审 %(count)d 道题") % {"count": sent})
    if left or not sent:
        messages.error(request, _("%(count)d 道题未能送审，请打开查看原因") % {"count": left})
    return redirect("questions:own")


@takes_files(SHEET)
@staff_door(Permission.EDIT_CAMPAIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def import_rows(request: StaffRequest) -> HttpResponse:
    """Rows of a sheet as drafts; what could not be read is told row by row and what was pasted stays."""
    pasted = storable(request.POST.get("rows", ""))[:LARGEST_FILE]
    context: dict[str, Any] = {"pasted": pasted, **_tabs(request, "own")}
    if request.method == "POST":
        chosen = request.FILES.get("sheet")
        if chosen is not None and (chosen.size or 0) > LARGEST_FILE:
            messages.error(request, _("文件过大，最多512KB"))
            return render(request, "campaigns/questions_import.html", context)
        try:
            rows = seen_rows(request, rows_of(chosen.read(LARGEST_FILE))) if chosen else rows_in(pasted)
        except UnreadableSheet as refusal:
            messages.error(request, refusal.message())
            return render(request, "campaigns/questions_import.html", context)
        read = read_rows(map(_storable, rows), sector=institution_of(current_institution()).sector)
        if read.good:
            import_questions(actor=request.actor, rows=read.good, now=request.now)
            messages.success(request, _("已存为草稿 %(count)d 道题") % {"count": len(read.good)})
            if not read.bad:
                return redirect("questions:own")
        context |= _report(read)
    return render(request, "campaigns/questions_import.html", context)


@staff_door(Permission.EDIT_CAMPAIGN)
@require_safe
def import_template(_request: StaffRequest, kind: str) -> HttpResponse:
    """An empty sheet to fill in, with one example. Raises NotFound."""
    file, content_type = sheet_template(kind, (HEADING, EXAMPLE), title="题目", widths=_WIDTHS)
    response = HttpResponse(file, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="questions.{kind}"'
    return response


def _storable(row: Sequence[str] | None) -> Sequence[str] | None:
    return None if row is None else [storable(cell) for cell in row]


def _report(read: Rows) -> Json:
    bad = [
        {"number": row.number, "text": row.cells[0] if row.cells else "", "why": spoken(row.why)}
        for row in read.bad
    ]
    left = "\n".join("\t".join(" ".join(cell.split()) for cell in row.cells) for row in read.bad)
    told: Json = {"bad": bad, "nothing": not read.good and not read.bad}
    return {**told, "pasted": left} if read.bad else told


def _row(question: Question, standing: Standing) -> Json:
    return {
        "id": question.id,
        "code": question.code,
        "text": question.text,
        "topic": question.topic,
        "article": question.article,
        "sectors": sector_words(question.sectors),
        "author": question.author.display_name,
        "saved_at": question.saved_at,
        "mark": mark_of(standing.state),
        "open": standing.in_review,
        "may_submit": not standing.in_review
        and standing.state in (State.DRAFT, State.RETURNED, State.EXPIRED),
    }


def _asked(request: StaffRequest) -> dict[str, str]:
    return {
        "words": storable(request.GET.get("q", "")).strip()[:60],
        "topic": storable(request.GET.get("topic", "")).strip()[:20],
    }


def _tabs(request: StaffRequest, current: str) -> Json:
    return {
        "tab": current,
        "now": request.now,
        "may_edit": request.user.may(Permission.EDIT_CAMPAIGN),
        "may_submit": request.user.may(Permission.SUBMIT_CAMPAIGN),
    }


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise BadRequest from None
