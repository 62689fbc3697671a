"""A batch on one page: read one after another, each decided by itself, the plain ones together."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from compliance.batches import read_batch
from compliance.models import Review
from compliance.subjects import faces
from compliance.usecases import approve_plain_reviews
from compliance.usecases.queueing import AT_ONCE
from kernel.errors import BadRequest, NotFound
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission


@staff_door(Permission.VIEW_REVIEWS)
@require_safe
def batch(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """What was submitted together. Raises NotFound."""
    found = read_batch(batch_id, actor=request.actor)
    if found is None:
        raise NotFound
    context = {"batch": found, "batch_id": batch_id, "first": found.lines[0].review, "now": request.now}
    return render(request, "compliance/batch.html", context)


@staff_door(Permission.DECIDE_REVIEW)
@require_POST
def approve_plain(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Approve the named ones that hold nothing to weigh. Raises BadRequest."""
    try:
        named = [UUID(one) for one in request.POST.getlist("review")[: AT_ONCE + 1]]
    except ValueError:
        raise BadRequest from None
    decided = approve_plain_reviews(actor=request.actor, batch_id=batch_id, review_ids=named, now=request.now)
    if decided:
        said = ngettext(
            "已通过 %(n)s 道题，各自留有决定记录。", "已通过 %(n)s 道题，各自留有决定记录。", len(decided)
        )
        messages.success(request, said % {"n": len(decided)})
    if len(decided) < len(named) or not named:
        messages.info(request, _("其余题目请逐题审核。"))
    return redirect("compliance:batch", batch_id)


@staff_door(Permission.VIEW_REVIEWS)
@require_safe
@xframe_options_sameorigin
def phone(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """To the phone rendering of what is reviewed. Raises NotFound."""
    named = (
        Review.objects.filter(id=review_id).values_list("subject_kind", "subject_id", "fingerprint").first()
    )
    address = faces.of(named[0]).preview_url(named[1], named[2]) if named else ""
    if not address:
        raise NotFound
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)
