"""Evidence packages at the desk: ask for one, see how far it is, take it away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.models import EvidencePackage, Review
from compliance.packing import bytes_of, packages_of
from compliance.usecases import ask_evidence, take_out_evidence
from compliance.usecases.proof import KEPT, EvidenceGone
from kernel.errors import NotFound
from kernel.wire import json_reply
from ledger.signing import signing_key
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

_PER_PAGE = 20


@staff_door(Permission.VIEW_EVIDENCE)
@require_safe
def packages(request: StaffRequest) -> HttpResponse:
    """My packages, newest first."""
    page = Paginator(packages_of(request.actor.id), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [(one, one.can_be_taken(request.now)) for one in page],
        "days": KEPT.days,
        "key": ":".join(signing_key()),
    }
    return render(request, "compliance/evidence.html", context)


@staff_door(Permission.VIEW_EVIDENCE)
@require_safe
def progress(request: StaffRequest) -> HttpResponse:
    """How far those are that are being made."""
    making = packages_of(request.actor.id).filter(state=EvidencePackage.State.PREPARING)
    told = [
        {"id": str(one.id), "done": one.pieces, "planned": one.planned, "percent": one.percent}
        for one in making[:_PER_PAGE]
    ]
    return json_reply({"making": told})


@staff_door(Permission.VIEW_EVIDENCE)
@require_POST
def ask(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Have the package of the review's subject made. Raises NotFound."""
    review: Review | None = Review.objects.light().filter(id=review_id).first()
    if review is None:
        raise NotFound
    ask_evidence(actor=request.actor, subject=review.subject, now=request.now)
    messages.success(request, _("正在后台制作，做好后会提醒您，可以离开本页。"))
    return redirect("compliance:evidence")


@staff_door(Permission.VIEW_EVIDENCE)
@require_POST
def download(request: StaffRequest, package_id: UUID) -> HttpResponseBase:
    """The ZIP, piece by piece."""
    try:
        package = take_out_evidence(actor=request.actor, package_id=package_id, now=request.now)
    except EvidenceGone as refusal:
        messages.error(request, refusal.message())
        return redirect("compliance:evidence")
    return StreamingHttpResponse(
        bytes_of(package),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{package.file_name}"',
            "Content-Length": str(package.size),
        },
    )
