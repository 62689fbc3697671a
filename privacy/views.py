"""The privacy desk: what is held, for how long, who agreed to what, who read it, and which keys keep it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.crypto import NotAPhoneNumber
from kernel.errors import DomainError
from kernel.wire import decode, json_reply
from privacy import queries, usecases
from privacy.forms import HoldForm, NoticeForm, RotationForm, SearchForm
from privacy.models import Field, NoticeVersion, Reveal
from privacy.reveal_policy import FIELDS, WIDEST, Reach
from privacy.usecases.allowance import LookupTooSoon, RevealQuotaSpent
from privacy.usecases.consents import SENTENCE
from privacy.usecases.forgetting import OnLegalHold
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import ROLE_LABELS, Permission, Role

PER_PAGE = 20


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """Which field, and why."""

    field: str
    purpose: str


@staff_door(Permission.MANAGE_PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: StaffRequest) -> HttpResponse:
    """Figures, certificates, and the search for one customer; a number never stands in an address."""
    form = SearchForm(request.POST or None)
    found, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            phone = form.cleaned_data["phone"]
            rows = usecases.find_participants(actor=request.actor, phone=phone, now=request.now)
            found = [queries.masked(row) for row in rows]
        except (NotAPhoneNumber, RevealQuotaSpent, LookupTooSoon) as refusal:
            form.add_error("phone", refusal.message())
            status = 429 if refusal.status == 429 else 200
    readers = queries.heavy_readers(now=request.now)
    names = queries.colleague_names({row.staff_id for row in readers})
    page = Paginator(queries.destructions(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "found": found,
        "stock": queries.stock(now=request.now),
        "notices": queries.notices_in_force(),
        "page": page,
        "destructions": page.object_list,
        "policy": _policy_rows(),
        "readers": [(names.get(row.staff_id, ""), row.used) for row in readers],
    }
    return render(request, "privacy/overview.html", context, status=status)


@staff_door(Permission.MANAGE_PRIVACY)
@require_POST
def reveal_rules(request: StaffRequest) -> HttpResponse:
    """The boxes of the little matrix: ticked gives the post its reach, empty takes it away."""
    before = queries.reveal_policy()
    for role, field in before:
        ticked = f"{role}-{field}" in request.POST
        reach = WIDEST[role] if ticked else Reach.NONE
        if before[role, field] != reach:
            usecases.set_reveal_rule(
                actor=request.actor, role=role, field=field, reach=reach, now=request.now
            )
    messages.success(request, _("已更新，从下一次查看起生效。"))
    return redirect("privacy:overview")


@staff_door(Permission.VIEW_PARTICIPANTS)
@require_safe
def person(request: StaffRequest, participant_id: UUID) -> HttpResponse:
    file = queries.person_file(participant_id)
    usecases.report_unreadable(
        actor=request.actor, participant_id=participant_id, fields=file.person.unreadable, now=request.now
    )
    names = queries.colleague_names({line.staff_id for line in file.reveals})
    context = {
        "file": file,
        "unreadable": [Field(name).label for name in file.person.unreadable],
        "reveals": [(line, names.get(line.staff_id, "")) for line in file.reveals],
        "hold_form": HoldForm(),
        "purposes": Reveal.Purpose.choices,
        "may_manage": request.user.may(Permission.MANAGE_PRIVACY),
        "may_reveal": request.user.may(Permission.REVEAL_PERSONAL)
        and queries.may_read_anyone(request.actor.roles),
        "forgotten": file.person.state == "forgotten",
    }
    return render(request, "privacy/person.html", context)


@staff_door(Permission.REVEAL_PERSONAL)
@require_POST
def reveal(request: StaffRequest, participant_id: UUID) -> HttpResponse:
    wish = decode(request, Wish)
    plain = usecases.reveal_field(
        actor=request.actor,
        participant_id=participant_id,
        field=wish.field,
        purpose=wish.purpose,
        now=request.now,
    )
    return json_reply({"value": plain})


@staff_door(Permission.MANAGE_PRIVACY)
@require_POST
def hold(request: StaffRequest, participant_id: UUID) -> HttpResponse:
    form = HoldForm(request.POST)
    if form.is_valid():
        usecases.hold_participant(
            actor=request.actor,
            participant_id=participant_id,
            reason=form.cleaned_data["reason"],
            now=request.now,
        )
        messages.success(request, _("已暂缓删除，直到解除为止。"))
    else:
        messages.error(request, _("请写明暂缓删除的原因。"))
    return redirect("privacy:person", participant_id=participant_id)


@staff_door(Permission.MANAGE_PRIVACY)
@require_POST
def release(request: StaffRequest, participant_id: UUID) -> HttpResponse:
    usecases.release_participant(actor=request.actor, participant_id=participant_id, now=request.now)
    messages.success(request, _("已解除暂缓，保存期限照常计算。"))
    return redirect("privacy:person", participant_id=participant_id)


@staff_door(Permission.MANAGE_PRIVACY)
@require_POST
def forget(request: StaffRequest, participant_id: UUID) -> HttpResponse:
    try:
        usecases.forget_participant(actor=request.actor, participant_id=participant_id, now=request.now)
    except OnLegalHold as refusal:
        messages.error(request, refusal.message())
        return redirect("privacy:person", participant_id=participant_id)
    messages.success(request, _("个人信息已删除，登记到销毁清单后凭证生效。"))
    return redirect("privacy:overview")


@staff_door(Permission.MANAGE_PRIVACY)
@require_safe
def notice(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    return render(request, "privacy/notice.html", {"notice": NoticeVersion.of(notice_id)})


@staff_door(Permission.MANAGE_PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_add(request: StaffRequest) -> HttpResponse:
    form = NoticeForm(request.POST or None, initial=_of_last(request.GET.get("key", "")))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            usecases.publish_notice(
                actor=request.actor,
                key=typed["key"],
                title=typed["title"],
                body=typed["body"],
                purposes=[{"code": "booking", "sentence": typed["purpose"]}],
                fields=typed["fields_asked"],
                keep_days=typed["keep_days"],
                now=request.now,
            )
        except DomainError as refusal:
            form.add_error("body", refusal.message())
        else:
            messages.success(request, _("新版本已生效；同意旧版本的记录保持不变。"))
            return redirect("privacy:overview")
    status = 400 if request.method == "POST" else 200
    return render(request, "privacy/notice_add.html", {"form": form, "sentence": SENTENCE}, status=status)


@staff_door(Permission.MANAGE_INSTITUTION)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: StaffRequest) -> HttpResponse:
    """The versions in use, the rotations so far, and the button that starts the next."""
    form = RotationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            usecases.start_rotation(actor=request.actor, **form.cleaned_data, now=request.now)
        except DomainError as refusal:
            messages.error(request, refusal.message())
        else:
            messages.success(request, _("轮换已开始，在后台分批进行，不影响客户使用。"))
        return redirect("privacy:keys")
    page = Paginator(queries.rotations(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "keys": queries.keys_in_use(), "page": page, "rotations": page.object_list,
    }  # fmt: skip
    return render(request, "privacy/keys.html", context)


def _policy_rows() -> list[dict[str, Any]]:
    """The matrix of who reads what, post by post."""
    policy = queries.reveal_policy()
    return [
        {
            "label": ROLE_LABELS[Role(role)],
            "reach": _("任何客户") if widest is Reach.ANY else _("自己接待的客户"),
            "boxes": [
                (f"{role}-{field}", Field(field).label, policy[role, field] is not Reach.NONE)
                for field in FIELDS
            ],
        }
        for role, widest in WIDEST.items()
    ]


def _of_last(key: str) -> dict[str, object]:
    """The latest text of that notice, to start the next version from."""
    last = queries.notice_in_force(key) if key else None
    if last is None:
        return {}
    return {
        "key": last.key,
        "title": last.title,
        "body": last.body,
        "purpose": last.purposes[0]["sentence"],
        "fields_asked": last.fields,
        "keep_days": last.keep_days,
    }
