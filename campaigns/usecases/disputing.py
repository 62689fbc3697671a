"""A marketer holds a blocking finding of her draft for a false alarm."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from campaigns.checking import check, texts_by_path
from campaigns.lifecycle import LIFECYCLE
from campaigns.usecases.drafting import locked_campaign, storable
from compliance.models import Dispute
from compliance.queries import finding_key
from compliance.usecases import dispute_finding
from kernel.actor import Actor
from kernel.errors import NotFound
from kernel.scope import current_institution
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase


@usecase(Permission.SUBMIT_CAMPAIGN)
def dispute_in_draft(*, actor: Actor, campaign_id: UUID, key: str, reason: str, now: datetime) -> Dispute:
    """Ask for a review of one blocking finding of the draft as it stands; bound to the field's very words.

    Raises NotFound (no such finding now), NotDisputable, AlreadyDisputed, BadRequest, IllegalTransition.
    """
    campaign = locked_campaign(campaign_id)
    LIFECYCLE.next(campaign.status, "submit")
    checked = check(campaign.draft, sector=institution_of(current_institution()).sector, now=now)
    findings = map(asdict, checked.findings)
    finding = next((one for one in findings if finding_key(one) == key), None)
    if finding is None or checked.content is None:
        raise NotFound
    text = texts_by_path(checked.content).get(finding["path"], "")
    return dispute_finding(
        actor=actor, subject=campaign.ref, finding=finding, text=text, reason=storable(reason), now=now
    )
