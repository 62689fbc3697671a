"""Where a marketer asks reviewers to judge a blocking finding she holds for a false alarm."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.checking import check_campaign, texts_by_path
from campaigns.games.base import Json
from campaigns.queries import campaign_called
from campaigns.telling import finding_told
from campaigns.usecases import dispute_in_draft
from compliance.disputes import may_dispute
from compliance.models import Dispute
from compliance.queries import finding_key, pack_in_force
from compliance.usecases.disputes import MOST_REASON
from compliance.wording import category_label
from kernel.errors import DomainError
from kernel.scope import current_institution
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One blocking finding of the draft, the words around it, and what may be done about it."""

    key: str
    label: str
    matched: str
    text: str
    told: Json
    may_dispute: bool
    dispute: Dispute | None


@staff_door(Permission.SUBMIT_CAMPAIGN)
@require_safe
def disputes(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """What blocks the draft as it was last saved. Raises NotFound."""
    campaign = campaign_called(campaign_id)
    sector = institution_of(current_institution()).sector
    checked = check_campaign(campaign, sector=sector, now=request.now)
    texts = texts_by_path(checked.content) if checked.content else {}
    pack = pack_in_force()
    lines: dict[str, Line] = {}
    for finding in (one for one in checked.findings if one.severity == "block"):
        key = finding_key(asdict(finding))
        lines[key] = Line(
            key=key,
            label=category_label(finding.category),
            matched=finding.matched,
            text=texts.get(finding.path, ""),
            told=finding_told(finding),
            may_dispute=may_dispute(asdict(finding), pack),
            dispute=checked.disputed.get(key),
        )
    context = {
        "campaign": campaign,
        "lines": list(lines.values())[:MOST_SHOWN],
        "readable": checked.content is not None,
        "most": MOST_REASON,
    }
    return render(request, "campaigns/disputes.html", context)


@staff_door(Permission.SUBMIT_CAMPAIGN)
@require_POST
def dispute(request: StaffRequest, campaign_id: UUID, key: str) -> HttpResponse:
    """Ask reviewers to judge one finding."""
    campaign_called(campaign_id)
    try:
        dispute_in_draft(
            actor=request.actor,
            campaign_id=campaign_id,
            key=key,
            reason=request.POST.get("reason", ""),
            now=request.now,
        )
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, _("已申请误报复核，送审后由审核人判断。"))
    return redirect("campaigns:disputes", campaign_id=campaign_id)
