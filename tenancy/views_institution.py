"""The institution's own page: who it is to customers, and where its services are given."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenancy.brand import palette
from tenancy.doors import StaffRequest, staff_door
from tenancy.forms import BranchForm
from tenancy.models import Branch
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecases import open_branch


@staff_door(Permission.MANAGE_INSTITUTION)
@require_http_methods(["GET", "HEAD", "POST"])
def institution(request: StaffRequest) -> HttpResponse:
    """What customers read about the institution, its branches, and a form for one more."""
    form = BranchForm(request.POST or None, taken=Branch.objects.values_list("name", flat=True))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            typed = form.cleaned_data
            open_branch(
                actor=request.actor,
                name=typed["name"],
                city=typed["city"],
                address=typed["address"],
                now=request.now,
            )
            messages.success(request, _("网点已添加，可以为它开放预约时段。"))
            return redirect("tenancy:institution")
        status = 422
    house = institution_of(request.user.institution_id)
    context = {
        "form": form,
        "house": house,
        "family": palette(str(house.brand.get("color", ""))),
        "branches": Branch.objects.order_by("-is_active", "city", "name", "id"),
    }
    return render(request, "tenancy/institution.html", context, status=status)
