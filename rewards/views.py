"""The service desk's pages: redeem a code, keep appointments, look after the catalogue."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from kernel.timekeeping import SHANGHAI, local_day
from kernel.typed import typed_day
from kernel.wire import decode, json_reply
from privacy.models import Reveal
from privacy.usecases.allowance import LookupTooSoon, RevealQuotaSpent
from privacy.usecases.lookups import NoMoreComparing
from rewards import queries, usecases
from rewards.answers import BANNERS, DIFFERENCES
from rewards.forms import WEEKDAYS, BenefitForm, RedeemForm, SlotsForm
from rewards.lookup import Answer
from rewards.models import Benefit
from tenancy.doors import StaffRequest, staff_door
from tenancy.models import Branch
from tenancy.roles import Permission

AHEAD = timedelta(days=7)
PER_PAGE = 50
TO_CONFIRM = ("ready", "not_as_booked")


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """Which field, and why."""

    field: str
    purpose: str


@staff_door(Permission.REDEEM_CODE)
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: StaffRequest) -> HttpResponse:
    """Look first, then redeem: the same form, and the code never in an address."""
    form = RedeemForm(request.POST or None)
    answer, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = _answer(request, code=form.cleaned_data["code"], phone=form.cleaned_data["phone"])
        except (RevealQuotaSpent, LookupTooSoon, NoMoreComparing) as refusal:
            form.add_error("phone", refusal.message())
            status = refusal.status
    keeps = status != 200 or (answer and answer.outcome in (*TO_CONFIRM, "mistyped"))
    shown = form if keeps else RedeemForm()
    if answer:
        shown.stay_put()
    context = {
        "form": shown,
        "answer": answer,
        "banner": BANNERS[answer.outcome] if answer else None,
        "to_confirm": answer is not None and answer.outcome in TO_CONFIRM,
        "differences": [DIFFERENCES[each] for each in answer.differences] if answer else [],
        "last": queries.last_redemptions(request.actor.id),
    }
    return render(request, "rewards/redeem.html", context, status=status)


def _answer(request: StaffRequest, *, code: str, phone: str) -> Answer:
    if request.POST.get("step") != "redeem":
        return usecases.inspect_code(actor=request.actor, code=code, phone=phone, now=request.now)
    agreed = request.POST.get("agreed") == "yes"
    return usecases.redeem_code(actor=request.actor, code=code, phone=phone, agreed=agreed, now=request.now)


@staff_door(Permission.VIEW_APPOINTMENTS)
@require_safe
def appointments(request: StaffRequest) -> HttpResponse:
    today = local_day(request.now)
    first = typed_day(request.GET.get("day", "")) or today
    since = datetime.combine(first, time.min, SHANGHAI)
    one_day = bool(request.GET.get("day"))
    branch_id = request.user.branch_id if request.GET.get("branch") != "all" else None
    found = queries.appointments_within(
        since=since, until=since + (timedelta(days=1) if one_day else AHEAD), branch_id=branch_id
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "visits": queries.visit_lines(page.object_list),
        "day": first,
        "one_day": one_day,
        "days": [(day, _day_label(day)) for day in (today + timedelta(days=number) for number in range(7))],
        "my_branch": request.user.branch,
        "all_branches": branch_id is None,
        "purposes": Reveal.Purpose.choices,
        "may_serve": request.user.may(Permission.REDEEM_CODE),
        "me": request.actor.id,
        "now": request.now,
    }
    return render(request, "rewards/appointments.html", context)


@staff_door(Permission.REDEEM_CODE)
@require_POST
def take(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    usecases.take_appointment(actor=request.actor, appointment_id=appointment_id, now=request.now)
    messages.success(request, _("这次到访由您接待，您可以查看客户的联系方式。"))
    return redirect("rewards:appointments")


@staff_door(Permission.REDEEM_CODE)
@require_POST
def missed(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    usecases.mark_missed(actor=request.actor, appointment_id=appointment_id, now=request.now)
    messages.success(request, _("已记为未到访，客户可以重新预约。"))
    return redirect("rewards:appointments")


@staff_door(Permission.REVEAL_PERSONAL)
@require_POST
def reveal(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    wish = decode(request, Wish)
    plain = usecases.reveal_for_appointment(
        actor=request.actor,
        appointment_id=appointment_id,
        field=wish.field,
        purpose=wish.purpose,
        now=request.now,
    )
    return json_reply({"value": plain})


@staff_door(Permission.VIEW_BENEFITS)
@require_safe
def benefits(request: StaffRequest) -> HttpResponse:
    context = {
        "benefits": queries.catalogue_with_counts(),
        "may_manage": request.user.may(Permission.MANAGE_BENEFITS),
        "may_revoke": request.user.may(Permission.REVOKE_GRANT),
    }
    return render(request, "rewards/benefits.html", context)


@staff_door(Permission.MANAGE_BENEFITS)
@require_http_methods(["GET", "HEAD", "POST"])
def benefit_add(request: StaffRequest) -> HttpResponse:
    branches = list(Branch.objects.filter(is_active=True).order_by("name", "id"))
    form = BenefitForm(request.POST or None, branches=branches)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        branch_ids = [UUID(each) for each in typed.pop("branches")]
        try:
            usecases.add_benefit(actor=request.actor, **typed, branch_ids=branch_ids, now=request.now)
        except DomainError as refusal:
            field = "title" if refusal.details.get("field") == "title" else None
            form.add_error(field or _field_with(form, refusal), refusal.message())
        else:
            messages.success(request, _("服务已加入目录，可以在活动中选用。"))
            return redirect("rewards:benefits")
    status = 400 if request.method == "POST" else 200
    return render(request, "rewards/benefit_add.html", {"form": form}, status=status)


@staff_door(Permission.MANAGE_BENEFITS)
@require_POST
def benefit_retire(request: StaffRequest, benefit_id: UUID) -> HttpResponse:
    Benefit.of(benefit_id)
    usecases.retire_benefit(actor=request.actor, benefit_id=benefit_id, now=request.now)
    messages.success(request, _("已停止提供；客户已经获得的仍然有效。"))
    return redirect("rewards:benefits")


@staff_door(Permission.MANAGE_BENEFITS)
@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: StaffRequest) -> HttpResponse:
    today = local_day(request.now)
    branches = list(Branch.objects.filter(is_active=True).order_by("name", "id"))
    initial = {"first_day": today + timedelta(days=1), "last_day": today + timedelta(days=14)}
    form = SlotsForm(request.POST or None, branches=branches, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        opened = usecases.open_slots(
            actor=request.actor,
            branch_id=UUID(form.cleaned_data["branch"]),
            starts=form.starts(),
            minutes=form.cleaned_data["minutes"],
            capacity=form.cleaned_data["capacity"],
            now=request.now,
        )
        messages.success(request, _("已开放 %(count)d 个时段。") % {"count": len(opened)})
        return redirect("rewards:slots")
    if request.method == "POST":
        status = 400
    page = Paginator(queries.slot_days(now=request.now), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "days": queries.days_of(page.object_list)}
    return render(request, "rewards/slots.html", context, status=status)


def _field_with(form: BenefitForm, refusal: DomainError) -> str | None:
    """Which of the two texts holds the word that was refused."""
    word = str(refusal.details.get("word", ""))
    for name in ("title", "summary"):
        if word and word in "".join(str(form.cleaned_data.get(name, "")).split()).lower():
            return name
    return None


def _day_label(day: date) -> str:
    """A day in a tab: short, with its weekday."""
    weekday = WEEKDAYS[day.weekday()][1]
    return _("%(month)s月%(day)s日 %(weekday)s") % {"month": day.month, "day": day.day, "weekday": weekday}
