"""The live board: one page a campaign, refreshed by a small JSON."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.charts import TimeChart, time_chart
from analytics.queries.board import Board, ChannelFigure, board_of, campaign_lines, lag
from analytics.queries.games import calendar_of, cohorts_of, sides_of
from analytics.queries.reports import reports_of_campaign
from analytics.stages import STAGE_LABELS, Stage
from campaigns.models import Campaign
from kernel.wire import json_reply
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

DAY_STAGES = (Stage.STARTED, Stage.FINISHED, Stage.BOOKED)
SIDE_STAGES = (Stage.FINISHED, Stage.PASSED, Stage.GRANTED, Stage.BOOKED, Stage.REDEEMED)
CHANNEL_STAGES = (Stage.SEEN, Stage.STARTED, Stage.FINISHED, Stage.BOOKED, Stage.REDEEMED)


@require_GET
@staff_door(Permission.VIEW_FIGURES)
def boards(request: StaffRequest) -> HttpResponse:
    """Every campaign that went out, with its main numbers."""
    context = {"lines": campaign_lines(), "lag": _seconds(request), "now": request.now}
    return render(request, "analytics/boards.html", context)


@require_GET
@staff_door(Permission.VIEW_FIGURES)
def board(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """The board of one campaign."""
    campaign: Campaign = Campaign.objects.get(pk=campaign_id)
    context = _panel(campaign) | {
        "campaign": campaign,
        "now": request.now,
        "lag": _seconds(request),
        "reports": reports_of_campaign(campaign.id)[:3],
        "may_read_reports": request.user.may(Permission.VIEW_REPORTS),
    }
    return render(request, "analytics/board.html", context)


@require_GET
@staff_door(Permission.VIEW_FIGURES)
def board_live(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """The numbers, and the drawn panel when it differs from the one the page says it has."""
    campaign: Campaign = Campaign.objects.get(pk=campaign_id)
    context = _panel(campaign)
    panel = render_to_string("analytics/board_panel.html", context)
    revision = hashlib.sha256(panel.encode()).hexdigest()[:16]
    answer: dict[str, Any] = {
        "at": request.now.isoformat(),
        "lag_seconds": _seconds(request),
        "revision": revision,
        "figures": _figures(context["board"]),
    }
    if request.GET.get("have") != revision:
        answer["panel"] = panel
    return json_reply(answer)


def _panel(campaign: Campaign) -> dict[str, Any]:
    figures = board_of(campaign)
    return {
        "board": figures,
        "started": figures.people[Stage.STARTED],
        "finished": figures.people[Stage.FINISHED],
        "booked": figures.people[Stage.BOOKED],
        "chart": _chart(figures),
        "sides": sides_of(campaign),
        "side_labels": [STAGE_LABELS[stage] for stage in SIDE_STAGES],
        "calendar": calendar_of(campaign.id),
        "cohorts": cohorts_of(campaign.id),
        "day_labels": [STAGE_LABELS[stage] for stage in DAY_STAGES],
        "day_rows": [
            (day.day, [day.people[stage] for stage in DAY_STAGES], sum(day.events.values()))
            for day in reversed(figures.days)
        ],
        "channel_labels": [STAGE_LABELS[stage] for stage in CHANNEL_STAGES],
        "channel_rows": [
            (one, [one.people[stage] for stage in CHANNEL_STAGES], _width_of(figures, one))
            for one in figures.channels
        ],
    }


def _width_of(figures: Board, channel: ChannelFigure) -> float:
    """The bar of a channel, in per cent of the widest."""
    widest = max(one.people[Stage.STARTED] for one in figures.channels)
    return round(channel.people[Stage.STARTED] / widest * 100, 1) if widest else 0.0


def _chart(figures: Board) -> TimeChart:
    days = figures.days
    return time_chart(
        [day.day for day in days],
        [
            (_("参与活动"), [day.people[Stage.STARTED] for day in days]),
            (_("预约成功"), [day.people[Stage.BOOKED] for day in days]),
        ],
    )


def _figures(figures: Board) -> dict[str, Any]:
    """The same numbers for machines."""
    return {
        "people": {stage.value: count for stage, count in figures.people.items()},
        "events": {stage.value: count for stage, count in figures.events.items()},
        "answered": figures.answered,
        "correct": figures.correct,
        "questions": {
            one.question: {"answered": one.answered, "correct": one.correct} for one in figures.questions
        },
        "channels": {
            one.key: {stage.value: count for stage, count in one.people.items()} for one in figures.channels
        },
        "days": {
            one.day.isoformat(): {stage.value: count for stage, count in one.people.items()}
            for one in figures.days
        },
    }


def _seconds(request: StaffRequest) -> float:
    return round(lag(now=request.now).total_seconds(), 1)
