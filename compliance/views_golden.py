"""The institution's golden set: looked at, added to, exported; ours beside theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.golden import MOST_OWN, Listed, Sample, listed, ours_count, own_count
from compliance.golden_rows import (
    EXAMPLE,
    HEADING,
    LARGEST_FILE,
    PLACES,
    SECTOR_WORDS,
    BadRow,
    read_rows,
)
from compliance.packs import pack_in_force
from compliance.scanner import Pack, default_pack
from compliance.trials import verdict_on
from compliance.usecases import (
    add_sentence,
    add_sentences,
    bring_sentence_back,
    keep_false_alarm,
    set_sentence_aside,
    withdraw_sentence,
)
from compliance.wording import category_label
from kernel.errors import BadRequest, DomainError
from kernel.scope import current_institution
from kernel.sheet import UnreadableSheet, rows_in, rows_of, sheet, sheet_template
from tenancy.body_limits import SHEET, takes_files
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.uploads import seen_rows

_PER_PAGE = 20
_WIDTHS = (60, 12, 12, 12, 18, 40)


@staff_door(Permission.MANAGE_RULES)
@require_safe
def golden(request: StaffRequest) -> HttpResponse:
    """Theirs and ours, searched and filtered, a page at a time, each with what the rules in force say.

    Only those judged wrongly: the whole set is read for it, half a millisecond a sentence.
    """
    asked, pack = _asked(request), pack_in_force()
    wrong = request.GET.get("judged") == "wrong"
    found = [one for one in listed(**asked) if not wrong or not _right(one, verdict_on(one.sentence, pack))]
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **asked,
        "wrong": wrong,
        **_choices(),
        "page": page,
        "rows": [_row(one, pack) for one in page.object_list],
        "own": own_count(),
        "most": MOST_OWN,
        "ours": ours_count(),
        "sector": institution_of(current_institution()).sector,
        "filtered": wrong or any(asked.values()),
    }
    return render(request, "compliance/golden.html", context)


@staff_door(Permission.MANAGE_RULES)
@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """One sentence, from the page of the set or from the page where a text is tried."""
    typed = request.POST
    offends = typed.get("label") == "violation"
    sample = Sample(
        text=_plain(typed.get("text", "")),
        offends=offends,
        content_type=typed.get("content_type", ""),
        sector=typed.get("sector") or institution_of(current_institution()).sector,
        category=typed.get("category", "") if offends else "",
        why=_plain(typed.get("why", "")),
    )
    fit = typed.get("label") in {"violation", "fine"}
    return _done(
        request,
        lambda: add_sentence(actor=request.actor, sample=sample, now=request.now) if fit else _refuse(),
        _("已存为样本。"),
    )


@takes_files(SHEET)
@staff_door(Permission.MANAGE_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def add_many(request: StaffRequest) -> HttpResponse:
    """Rows of a sheet; what could not be taken is told row by row, and stays in the field to be mended."""
    pasted = request.POST.get("rows", "").replace("\0", "")[:LARGEST_FILE]
    context: dict[str, Any] = {"pasted": pasted, "heading": HEADING}
    if request.method == "POST":
        chosen = request.FILES.get("sheet")
        if chosen is not None and (chosen.size or 0) > LARGEST_FILE:
            messages.error(request, _("文件过大，最多512KB"))
            return render(request, "compliance/golden_import.html", context)
        try:
            rows = seen_rows(request, rows_of(chosen.read(LARGEST_FILE))) if chosen else rows_in(pasted)
        except UnreadableSheet as refusal:
            messages.error(request, refusal.message())
            return render(request, "compliance/golden_import.html", context)
        taken, bad = _taken(request, rows)
        if taken:
            said = ngettext("已添加 %(n)d 条样本", "已添加 %(n)d 条样本", taken) % {"n": taken}
            messages.success(request, said)
            if not bad:
                return redirect("compliance:golden")
        left = "\n".join("\t".join(" ".join(cell.split()) for cell in row.cells) for row in bad)
        context |= {"bad": bad, "nothing": not taken and not bad, "pasted": left if bad else pasted}
    return render(request, "compliance/golden_import.html", context)


@staff_door(Permission.MANAGE_RULES)
@require_safe
def import_template(_request: StaffRequest, kind: str) -> HttpResponse:
    """A sheet to fill in, with one example. Raises NotFound."""
    file, content_type = sheet_template(kind, (HEADING, EXAMPLE), title="样本", widths=_WIDTHS)
    response = HttpResponse(file, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="samples.{kind}"'
    return response


@staff_door(Permission.MANAGE_RULES)
@require_safe
def export(request: StaffRequest) -> HttpResponse:
    """What the page shows, as a sheet that can be taken in again."""
    rows = [
        (
            one.sentence.text,
            "违规" if one.sentence.offends else "合规",
            one.sentence.content_type,
            one.sentence.sector,
            one.sentence.category,
            one.own.why if one.own else one.aside.reason if one.aside else "",
        )
        for one in listed(**_asked(request))
    ]
    response = HttpResponse(sheet([HEADING, *rows]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="golden-set.csv"'
    return response


@staff_door(Permission.MANAGE_RULES)
@require_POST
def withdraw(request: StaffRequest, sentence_id: UUID) -> HttpResponse:
    withdraw_sentence(actor=request.actor, sentence_id=sentence_id, now=request.now)
    messages.success(request, _("已撤下，记录保留。"))
    return _back(request)


@staff_door(Permission.MANAGE_RULES)
@require_POST
def set_aside(request: StaffRequest) -> HttpResponse:
    key, reason = request.POST.get("key", ""), _plain(request.POST.get("reason", ""))
    return _done(
        request,
        lambda: set_sentence_aside(actor=request.actor, key=key, reason=reason, now=request.now),
        _("不再采用这条平台样本。"),
    )


@staff_door(Permission.MANAGE_RULES)
@require_POST
def bring_back(request: StaffRequest) -> HttpResponse:
    key = request.POST.get("key", "")
    return _done(
        request,
        lambda: bring_sentence_back(actor=request.actor, key=key, now=request.now),
        _("已重新采用这条平台样本。"),
    )


@staff_door(Permission.MANAGE_RULES)
@require_POST
def keep(request: StaffRequest, review_id: UUID, key: str) -> HttpResponse:
    """A finding set aside in a review, kept as a sentence to be left alone."""
    return _done(
        request,
        lambda: keep_false_alarm(actor=request.actor, review_id=review_id, key=key, now=request.now),
        _("已存为合规样本，今后的规则草稿都会拿它来试。"),
    )


def _taken(request: StaffRequest, rows: Iterator[Sequence[str] | None]) -> tuple[int, list[BadRow]]:
    """How many rows were added, and the rows that were not, in the order of the file."""
    good, bad = read_rows(rows, sector=institution_of(current_institution()).sector)
    samples = [row.sample for row in good]
    refused = add_sentences(actor=request.actor, samples=samples, now=request.now) if samples else []
    bad += [BadRow(good[one.place].number, one.why.message(), good[one.place].cells) for one in refused]
    return len(good) - len(refused), sorted(bad, key=lambda row: row.number)


def _row(one: Listed, pack: Pack) -> dict[str, Any]:
    said = verdict_on(one.sentence, pack)
    return {
        "listed": one,
        "place": PLACES.get(one.sentence.content_type, one.sentence.content_type),
        "sector": SECTOR_WORDS.get(one.sentence.sector, one.sentence.sector),
        "category": category_label(one.sentence.category) if one.sentence.category else "",
        "verdict": said,
        "right": _right(one, said),
    }


def _right(one: Listed, said: str) -> bool:
    return (said != "pass") == one.sentence.offends


def _choices() -> dict[str, Sequence[tuple[str, object]]]:
    return {
        "places": list(PLACES.items()),
        "sectors": list(SECTOR_WORDS.items()),
        "categories": [(key, category_label(key)) for key in default_pack().categories],
    }


def _asked(request: StaffRequest) -> dict[str, str]:
    label, origin = request.GET.get("label", ""), request.GET.get("origin", "")
    return {
        "words": request.GET.get("q", "").strip()[:60],
        "label": label if label in {"violation", "fine"} else "",
        "origin": origin if origin in {"own", "ours", "aside", "withdrawn"} else "",
    }


def _plain(typed: str) -> str:
    return typed.replace("\0", "").strip()


def _refuse() -> None:
    raise BadRequest


def _done(request: StaffRequest, deed: Callable[[], object], said: str) -> HttpResponse:
    try:
        deed()
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.message())
    else:
        messages.success(request, said)
    return _back(request)


def _back(request: StaffRequest) -> HttpResponse:
    """Where they came from, if it is a page of ours."""
    where = request.POST.get("back", "")
    ours = where.startswith("/") and url_has_allowed_host_and_scheme(where, allowed_hosts=None)
    return redirect(where if ours else reverse("compliance:golden"))
