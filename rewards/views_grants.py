"""Granted services: found by service, state or code, and revoked with a reason that the customer reads."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from kernel.typed import typed_id
from rewards import queries, usecases
from rewards.issued import issued_grant, issued_grants
from rewards.models import Grant, RevokeReason
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission


@staff_door(Permission.REVOKE_GRANT)
@require_http_methods(["GET", "HEAD", "POST"])
def issued(request: StaffRequest) -> HttpResponse:
    """The list; a code is looked up by POST, so that it never stands in an address."""
    if request.method == "POST":
        code = request.POST.get("code", "")[:64]
        answer = usecases.find_by_code(actor=request.actor, code=code, now=request.now)
        if answer.grant_id is not None:
            return redirect("rewards:grant", answer.grant_id)
        messages.error(request, _("没有找到这个核销码，请核对后重新输入。"))
    state = request.GET.get("state", "")
    benefit_id = typed_id(request.GET.get("benefit", ""))
    page = issued_grants(state=state, benefit_id=benefit_id, before=typed_id(request.GET.get("before", "")))
    context = {
        "page": page,
        "state": state,
        "states": Grant.State.choices,
        "benefit_id": benefit_id,
        "benefits": queries.catalogue_titles(),
        "is_first": "before" not in request.GET,
    }
    return render(request, "rewards/grants.html", context)


@staff_door(Permission.REVOKE_GRANT)
@require_safe
def issued_one(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    """One granted service, and the form that revokes it."""
    context = {"grant": issued_grant(grant_id), "reasons": RevokeReason.choices}
    return render(request, "rewards/grant.html", context)


@staff_door(Permission.REVOKE_GRANT)
@require_POST
def revoke(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        usecases.revoke_grant(actor=request.actor, grant_id=grant_id, reason=reason, now=request.now)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.message())
    else:
        messages.success(
            request,
            _(
                "已撤销，核销码和预约时段同时失效。"
                "已验证手机号的客户会收到短信，其他客户在“我的权益”中看到原因。"
            ),
        )
    return redirect("rewards:grant", grant_id)
