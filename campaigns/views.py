"""The marketer's pages: gallery, list, one campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.catalogue import game_called
from campaigns.change_words import worded
from campaigns.editions import EditionTold, calendar_of
from campaigns.gallery import SCENES, Preset, presets_for
from campaigns.lifecycle import LIFECYCLE
from campaigns.live import content_of
from campaigns.models import Campaign
from campaigns.offline import halt_of, halts_of, offline_of
from campaigns.participation import participation_of
from campaigns.player.channels import channel_link
from campaigns.queries import (
    Standing,
    campaign_called,
    campaigns_matching,
    changes_since_sent,
    channels_of,
    conditions_of,
    opinions_on,
    standing_of,
    standings_of,
    verdicts_on,
    versions_of,
)
from campaigns.remarks import open_remarks
from campaigns.usecases import create_campaign_from_preset
from campaigns.usecases.drafting import storable
from campaigns.wording import AT_REST, SINCE_SENT, STANDING_MARKS, STATUS_MARKS, Mark, spoken
from compliance.endings import why_ended
from compliance.gate import approval_of
from compliance.queries import demands_on, last_sent
from kernel.addresses import public_address
from kernel.enumeration import enumerated
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from kernel.typed import typed_day
from rewards.models import Service
from tenancy.doors import StaffRequest, staff_door
from tenancy.models import Institution
from tenancy.roles import Permission
from tenancy.scope import institution_of

PER_PAGE = 20
_ART = {"knowledge": "shield", "acquire": "people", "retain": "calendar", "refer": "people"}


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def gallery(request: StaffRequest) -> HttpResponse:
    """Presets of the institution's sector, by scene."""
    sector = institution_of(current_institution()).sector
    offered = presets_for(sector, local_day(request.now))
    scene = request.GET.get("scene", "")
    shown = [preset for preset in offered if scene not in SCENES or preset.scene == scene]
    context = {
        "scenes": _scene_tabs(offered, scene),
        "presets": [_preset_card(preset) for preset in shown],
        "may_create": request.user.may(Permission.EDIT_CAMPAIGN),
    }
    return render(request, "campaigns/gallery.html", context)


@staff_door(Permission.EDIT_CAMPAIGN)
@require_POST
def create(request: StaffRequest) -> HttpResponse:
    """From a preset straight into the builder."""
    campaign = create_campaign_from_preset(
        actor=request.actor, preset=request.POST.get("preset", ""), now=request.now
    )
    return redirect("campaigns:build", campaign.id)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def campaigns(request: StaffRequest) -> HttpResponse:
    """Every campaign of the institution, last edited first."""
    words, status = storable(request.GET.get("q", "")).strip()[:60], request.GET.get("status", "")
    found = campaigns_matching(words, status if status in Campaign.Status.values else "")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    standings = standings_of(list(page.object_list), now=request.now)
    may_edit = request.user.may(Permission.EDIT_CAMPAIGN)
    counts = request.user.may(Permission.VIEW_FIGURES)
    people = participation_of([each.id for each in page.object_list]) if counts else {}
    rows = [
        _row(each, standings[each.id], may_edit, request.now) | {"people": people.get(each.id, 0)}
        for each in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "q": words,
        "status": status,
        "statuses": Campaign.Status.choices,
        "may_create": may_edit,
        "counts": counts,
        "now": request.now,
    }
    return render(request, "campaigns/campaigns.html", context)


@staff_door(Permission.VIEW_CAMPAIGNS)
@require_safe
def campaign(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign: what is live, what is waiting, what can be done."""
    found = campaign_called(campaign_id)
    standing = standing_of(found, now=request.now)
    institution = institution_of(current_institution())
    conditions = conditions_of(standing.review_id)
    since = changes_since_sent(found, found.draft)
    context = {
        "campaign": found,
        "game": spoken(game_called(found.game).words),
        "status": status_mark(found, request.now),
        "standing": standing,
        "ended": ending_of_draft(found, standing, now=request.now),
        "standing_mark": STANDING_MARKS[standing.step],
        "offline": offline_of(found, request.now),
        "halt": halt_of(found),
        "halts": halts_of(found.id),
        "phones_read": AT_REST["stopped" if found.status == "stopped" else "paused"],
        "editions": editions_of(found, request.now),
        "deeds": deeds_open_to(request, found, standing),
        "verdicts": verdicts_on(standing.review_id),
        "opinions": opinions_on(standing.review_id),
        "conditions": conditions,
        "held_back": any(condition.met_at is None for condition in conditions),
        "threads": open_remarks(found.ref),
        "demands": demands_on(standing.review_id) if standing.step == "open" else [],
        "may_answer": request.user.may(Permission.COMMENT_REVIEW),
        "versions": versions_of(found),
        "channels": _channels(found, institution),
        "changes": [_said(change) for change in since.changes],
        "changes_heading": SINCE_SENT[since.review.status] if since.review else "",
        "preview": reverse("preview:version", args=[found.id, found.live_version.number])
        if found.live_version
        else reverse("preview:draft", args=[found.id]),
        "now": request.now,
    }
    return render(request, "campaigns/campaign.html", context)


def editions_of(campaign: Campaign, now: datetime) -> list[EditionTold]:
    """The calendar of a series that was published; none otherwise."""
    if campaign.live_version_id is None:
        return []
    return calendar_of(
        content_of(campaign.live_version_id), campaign.id, until=_approved_until(campaign, now), now=now
    )


def ending_of_draft(campaign: Campaign, standing: Standing, *, now: datetime) -> str:
    """Why the approval of what the draft says ended; empty where it is in force or was never given."""
    if standing.step != "ended":
        return ""
    newest = last_sent(campaign.ref)
    return why_ended(newest, now=now).words if newest else ""


def _approved_until(campaign: Campaign, now: datetime) -> datetime | None:
    """When the approval of what is out ends."""
    live = campaign.live_version
    given = live and approval_of(subject=campaign.ref, fingerprint=live.fingerprint, now=now)
    return given.expires_at if given else None


def status_mark(campaign: Campaign, now: datetime) -> Mark:
    """What phones see of it now."""
    status, today = campaign.status, local_day(now)
    if status == "published" and campaign.starts_on and campaign.ends_on:
        if today < campaign.starts_on:
            return STATUS_MARKS["upcoming"]
        if today > campaign.ends_on:
            return STATUS_MARKS["ended"]
    return STATUS_MARKS[status]


def deeds_open_to(request: StaffRequest, campaign: Campaign, standing: Standing) -> set[str]:
    """What this person may do with it now."""
    may, status = request.user.may, campaign.status
    offered = {
        "edit": may(Permission.EDIT_CAMPAIGN) and LIFECYCLE.allows(status, "edit"),
        "publish": may(Permission.PUBLISH_CAMPAIGN)
        and LIFECYCLE.allows(status, "publish")
        and standing.step == "approved",
        "withdraw": may(Permission.SUBMIT_CAMPAIGN) and standing.step == "open",
        "pause": may(Permission.PUBLISH_CAMPAIGN) and LIFECYCLE.allows(status, "pause"),
        "resume": may(Permission.PUBLISH_CAMPAIGN) and LIFECYCLE.allows(status, "resume"),
        "close": may(Permission.PUBLISH_CAMPAIGN) and LIFECYCLE.allows(status, "close"),
        "stop": may(Permission.STOP_CAMPAIGN) and LIFECYCLE.allows(status, "stop"),
        "lift_stop": may(Permission.STOP_CAMPAIGN) and LIFECYCLE.allows(status, "lift_stop"),
        "discard": may(Permission.EDIT_CAMPAIGN) and LIFECYCLE.allows(status, "discard"),
    }
    return {deed for deed, open_now in offered.items() if open_now}


def _row(campaign: Campaign, standing: Standing, may_edit: bool, now: datetime) -> dict[str, Any]:
    return {
        "title": campaign.title,
        "game": spoken(game_called(campaign.game).words),
        "author": campaign.author.display_name,
        "url": reverse("campaigns:campaign", args=[campaign.id]),
        "edit_url": reverse("campaigns:build", args=[campaign.id])
        if may_edit and LIFECYCLE.allows(campaign.status, "edit")
        else "",
        "status": status_mark(campaign, now),
        "review": STANDING_MARKS[standing.step],
        "starts_on": campaign.starts_on or typed_day(str(campaign.draft.get("starts_on"))),
        "ends_on": campaign.ends_on or typed_day(str(campaign.draft.get("ends_on"))),
        "saved_at": campaign.saved_at,
    }


def _channels(campaign: Campaign, institution: Institution) -> list[dict[str, str]]:
    return [
        {
            "name": channel.name,
            "url": public_address(
                channel_link(
                    slug=institution.slug, code=campaign.code, campaign_id=campaign.id, key=channel.key
                )
            ),
            "poster": reverse("campaigns:poster", args=[campaign.id, channel.key]),
            "qr": reverse("campaigns:qr", args=[campaign.id, channel.key]),
        }
        for channel in channels_of(campaign)
    ]


def _said(change: Any) -> dict[str, str]:
    return {
        "kind": change.kind,
        "label": spoken(change.label),
        "before": worded(change.path, change.before),
        "after": worded(change.path, change.after),
    }


def _scene_tabs(offered: list[Preset], scene: str) -> list[dict[str, Any]]:
    home = reverse("campaigns:gallery")
    tabs = [{"label": _("全部"), "url": home, "count": len(offered), "current": scene not in SCENES}]
    for key, words in SCENES.items():
        count = sum(preset.scene == key for preset in offered)
        tabs.append(
            {"label": spoken(words), "url": f"{home}?scene={key}", "count": count, "current": scene == key}
        )
    return tabs


def _size(preset: Preset) -> str:
    """How much comes with a preset: its questions, or whatever its game lists (cards, scenes)."""
    if count := len(preset.questions):
        questions = ngettext("%(count)d 道题，每题附解读与法规", "%(count)d 道题，每题附解读与法规", count)
        return questions % {"count": count}
    game, settings = game_called(preset.content["game"]), preset.content["settings"]
    return enumerated(
        f"{spoken(game.labels[name])} {len(listed)}"
        for name, listed in settings.items()
        if isinstance(listed, list) and name in game.labels
    )


def _preset_card(preset: Preset) -> dict[str, Any]:
    english = (get_language() or "").startswith("en")
    services = dict(Service.choices)
    return {
        "key": preset.key,
        "label": preset.label_en if english else preset.label,
        "teaches": preset.teaches_en if english else preset.teaches,
        "scene": spoken(SCENES[preset.scene]),
        "game": spoken(game_called(preset.content["game"]).words),
        "size": _size(preset),
        "services": [services[service] for service in preset.services.values() if service in services],
        "screen_title": preset.content["title"],
        "art": _ART[preset.scene],
    }
