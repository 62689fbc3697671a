"""The three-step builder: one page, drafts that save themselves, findings where they belong."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campaigns.catalogue import asset_of, game_called
from campaigns.checking import Checked, check_campaign
from campaigns.content import CONTACT_FIELDS, Content, rules_of
from campaigns.form_fields import collection_rule
from campaigns.games.base import Json
from campaigns.models import Campaign
from campaigns.player.wording import period
from campaigns.queries import SinceSent, campaign_called, changes_since_sent, standing_of
from campaigns.remarks import as_shown, open_remarks
from campaigns.telling import article_names, finding_told, problem_told
from campaigns.usecases import save_draft, submit_for_review
from campaigns.usecases.submitting import NotSubmittable
from campaigns.wording import CHANNELS, SINCE_SENT, spoken
from compliance.library import disclaimers
from compliance.scanner import Finding
from kernel.enumeration import enumerated
from kernel.lifecycle import IllegalTransition
from kernel.scope import current_institution
from kernel.wire import decode, json_reply
from rewards.queries import benefits_by_id, catalogue
from tenancy.doors import StaffRequest, staff_door
from tenancy.models import Branch
from tenancy.roles import Permission
from tenancy.scope import institution_of

LARGEST_BODY = 512 * 1024
_GENERAL = "all"


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """What the builder saves."""

    revision: int
    draft: dict[str, Any]  # Any: kept as typed, read only to say what is missing


class Submission(msgspec.Struct, forbid_unknown_fields=True):
    """The revision the marketer is looking at, and a word to the reviewers."""

    revision: int
    note: str = ""


@staff_door(Permission.EDIT_CAMPAIGN)
@require_safe
def build(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """The builder. Raises NotFound, IllegalTransition for what can no longer be edited."""
    campaign = campaign_called(campaign_id)
    if campaign.status == Campaign.Status.CLOSED:
        raise IllegalTransition(state=str(campaign.get_status_display()), deed=_("编辑"))
    sector = institution_of(current_institution()).sector
    game = game_called(campaign.game)
    context = {
        "campaign": campaign,
        "steps": _steps(),
        "labels": {
            "title": _("活动标题"),
            "title_help": _("客户第一眼看到的字，写清楚学什么"),
            "promise": _("一句话介绍"),
            "promise_help": _("能学到什么、能获得什么免费服务"),
        },
        "start": {
            "revision": campaign.revision,
            "draft": campaign.draft,
            **_told(campaign, sector, request.now),
        },
        "game_content": f"{game.key}/build_content.html",
        "game_rules": f"{game.key}/build_rules.html",
        "game_script": asset_of(game, "build.js"),
        "awards": [{"key": award.key, "label": spoken(award.words)} for award in game.awards],
        "benefits": list(catalogue()),
        "contact_fields": [{"key": key, "label": spoken(words)} for key, words in CONTACT_FIELDS.items()],
        "channels": _channels(),
        "disclaimers": _disclaimers(sector, campaign.draft),
        "articles": article_names(),
        "remarks": [as_shown(remark) for remark in open_remarks(campaign.ref)],
        "under_review": standing_of(campaign, now=request.now).step == "open",
        "may_submit": request.user.may(Permission.SUBMIT_CAMPAIGN),
    }
    return render(request, "campaigns/build.html", context)


@staff_door(Permission.EDIT_CAMPAIGN)
@require_POST
def save(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """Keep the draft and say what the scan thinks of it."""
    sent = decode(request, Draft, limit=LARGEST_BODY)
    campaign = save_draft(
        actor=request.actor,
        campaign_id=campaign_id,
        revision=sent.revision,
        draft=sent.draft,
        now=request.now,
    )
    sector = institution_of(current_institution()).sector
    return json_reply(
        {
            "revision": campaign.revision,
            "saved_at": campaign.saved_at.isoformat(),
            **_told(campaign, sector, request.now),
        }
    )


@staff_door(Permission.SUBMIT_CAMPAIGN)
@require_POST
def submit(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """Lay the draft before compliance; what is in the way comes back with its place."""
    sent = decode(request, Submission, limit=LARGEST_BODY)
    try:
        submit_for_review(
            actor=request.actor,
            campaign_id=campaign_id,
            revision=sent.revision,
            note=sent.note[:300],
            now=request.now,
        )
    except NotSubmittable as refused:
        places = _places(refused.checked)
        refused.details["problems"] = [*places["problems"], *places["findings"]]
        raise
    return json_reply({"next": reverse("campaigns:campaign", args=[campaign_id])})


def _told(campaign: Campaign, sector: str, now: datetime) -> Json:
    """Problems, findings, the generated rules and what a reviewer will see."""
    checked = check_campaign(campaign, sector=sector, now=now)
    content = checked.content
    rules = [spoken(rule) for rule in rules_of(content)] if content else []
    if content and (collected := collection_rule(content.frame)):
        rules.append(collected)
    return {
        **_places(checked),
        "rules": rules,
        "overview": _overview(campaign, content) if content else [],
    }


def _places(checked: Checked) -> Json:
    problems = [problem_told(problem) for problem in checked.problems]
    problems += [problem_told(advice, severity="warn") for advice in checked.advice]
    return {"problems": problems, "findings": [_finding(finding, checked) for finding in checked.findings]}


def _finding(finding: Finding, checked: Checked) -> Json:
    """A finding at its field; one that reviewers were asked to judge stands in nobody's way."""
    told = finding_told(finding)
    if checked.is_disputed(finding):
        told |= {
            "severity": "warn",
            "why": _("已申请误报复核：%(why)s") % {"why": told["why"]},
            "suggestion": "",
        }
    return told


def _overview(campaign: Campaign, content: Content) -> list[str]:
    """What the reviewers will find, in a few lines."""
    frame = content.frame
    cited = {cited.article for cited in content.game.articles(content.settings)}
    services = benefits_by_id([reward.benefit for reward in frame.awards.values()]).values()
    return [
        _("引用 %(count)d 条法规依据") % {"count": len(cited)},
        _("权益：%(names)s") % {"names": enumerated(benefit.title for benefit in services) or _("不设权益")},
        ngettext("%(count)d 个官方渠道", "%(count)d 个官方渠道", len(frame.channels))
        % {"count": len(frame.channels)},
        period(frame.starts_on, frame.ends_on),
        _since_sent(changes_since_sent(campaign, content.as_json())),
    ]


def _since_sent(since: SinceSent) -> str:
    """How far the draft is from what was last sent; that nothing was sent before the first time."""
    if since.review is None:
        return _("首次送审")
    counted = {"since": SINCE_SENT[since.review.status], "count": len(since.changes)}
    return _("%(since)s有 %(count)d 处变化") % counted


def _steps() -> list[dict[str, Any]]:
    return [
        {"number": 1, "label": _("内容"), "note": _("题目、解读与法规")},
        {"number": 2, "label": _("权益与规则"), "note": _("达标得什么")},
        {"number": 3, "label": _("渠道与时间"), "note": _("在哪里、到何时")},
    ]


def _channels() -> list[dict[str, Any]]:
    """The official ways in, a poster for each branch among them. The name is part of what is reviewed."""
    ways = [
        {"key": kind, "name": name, "label": label, "note": note}
        for kind, (name, label, note) in CHANNELS.items()
    ]
    branches = Branch.objects.filter(is_active=True).order_by("name", "id")
    posters = [
        {"key": "branch", "name": f"网点海报·{branch.name}", "label": branch.name, "note": _("网点海报")}
        for branch in branches
    ]
    return ways + posters


def _disclaimers(sector: str, draft: Json) -> list[dict[str, str]]:
    """The sector's and the general ones; what the draft already carries comes first."""
    chosen = draft.get("disclaimers")
    carried = {key for key in chosen if isinstance(key, str)} if isinstance(chosen, list) else set()
    sectors = {sector, _GENERAL} | ({"bank"} if sector == "wealth" else set())
    fitting = [
        each
        for each in disclaimers().values()
        if each.id in carried or (each.sector in sectors and each.is_offered)
    ]
    fitting.sort(key=lambda each: (each.id not in carried, each.sector == _GENERAL, each.id))
    house = institution_of(current_institution()).name
    return [{"id": each.id, "text": each.worded(house), "note": each.trigger} for each in fitting]
