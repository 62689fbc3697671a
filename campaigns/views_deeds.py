"""Buttons of a campaign's page, and what is printed for its channels."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campaigns.live import content_of
from campaigns.models import Campaign, Channel
from campaigns.player.channels import channel_link
from campaigns.posters import Poster, as_pdf, poster_of
from campaigns.queries import campaign_called, channel_of
from campaigns.usecases import (
    close_campaign,
    discard_draft,
    emergency_stop,
    lift_stop,
    pause_campaign,
    publish_campaign,
    resume_campaign,
    withdraw_submission,
)
from campaigns.usecases.publishing import ReasonNeeded
from compliance.gate import NotApproved, require_approval
from kernel import qr
from kernel.addresses import public_address
from kernel.errors import NotFound
from kernel.scope import current_institution
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of

_DEEDS: dict[str, tuple[Callable[..., Campaign], object]] = {
    "publish": (publish_campaign, gettext_lazy("已发布，客户现在就能看到")),
    "withdraw": (withdraw_submission, gettext_lazy("已撤回送审")),
    "pause": (pause_campaign, gettext_lazy("已暂停，手机上几秒内生效")),
    "resume": (resume_campaign, gettext_lazy("已恢复")),
    "close": (close_campaign, gettext_lazy("活动已结束")),
    "stop": (emergency_stop, gettext_lazy("已紧急停止，手机上几秒内生效")),
    "lift_stop": (lift_stop, gettext_lazy("已解除停止，活动处于暂停状态")),
    "discard": (discard_draft, gettext_lazy("草稿已放弃")),
}
_WITH_REASON = ("pause", "stop")


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_POST
def carry_out(request: StaffRequest, campaign_id: UUID, deed: str) -> HttpResponse:
    """One deed by its name; the use case asks for the permission it needs. Raises NotFound, Denied."""
    if deed not in _DEEDS:
        raise NotFound
    usecase, done = _DEEDS[deed]
    why = {"reason": request.POST.get("reason", "")} if deed in _WITH_REASON else {}
    try:
        usecase(actor=request.actor, campaign_id=campaign_id, now=request.now, **why)
    except ReasonNeeded as refusal:
        messages.error(request, refusal.message())
        return redirect("campaigns:campaign", campaign_id)
    messages.success(request, str(done))
    return redirect(
        "campaigns:campaigns" if deed == "discard" else "campaigns:campaign",
        *(() if deed == "discard" else (campaign_id,)),
    )


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def channel_qr(_request: StaffRequest, campaign_id: UUID, key: str) -> HttpResponse:
    """The channel's link as a QR code, as SVG."""
    drawn = qr.svg_file(link_of(channel_of(campaign_id, key)))
    return HttpResponse(drawn, content_type="image/svg+xml")


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def poster(request: StaffRequest, campaign_id: UUID, key: str) -> HttpResponse:
    """A poster to look at and print (F16). Raises NotApproved before an approval."""
    channel = channel_of(campaign_id, key)
    context = {"campaign": channel.campaign, "channel": channel, "poster": _poster(request, campaign_id)}
    return render(request, "campaigns/poster.html", context)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def poster_pdf(request: StaffRequest, campaign_id: UUID, key: str) -> HttpResponse:
    """The same as a PDF of one A4 sheet. Raises NotApproved."""
    channel = channel_of(campaign_id, key)
    sheet = as_pdf(_poster(request, campaign_id), link=link_of(channel), at=request.now)
    response = HttpResponse(sheet, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="poster-{channel.campaign.code}-{channel.key}.pdf"'
    return response


def _poster(request: StaffRequest, campaign_id: UUID) -> Poster:
    campaign = campaign_called(campaign_id)
    shown = campaign.live_version
    if shown is None:
        raise NotApproved
    approval = require_approval(subject=campaign.ref, fingerprint=shown.fingerprint, now=request.now)
    institution = institution_of(current_institution())
    return poster_of(content_of(shown.id), institution, certificate=approval.certificate)


def link_of(channel: Channel) -> str:
    """The signed link of a channel, in full."""
    slug = institution_of(current_institution()).slug
    path = channel_link(
        slug=slug, code=channel.campaign.code, campaign_id=channel.campaign_id, key=channel.key
    )
    return public_address(path)
