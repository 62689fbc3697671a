"""Taking off what nothing approves any longer. Phones have been shown a closing page before this runs."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID, uuid5

from django.db import DatabaseError

from campaigns.lifecycle import LIFECYCLE
from campaigns.live import forget_live
from campaigns.models import Campaign
from campaigns.offline import is_approved, unapproved_campaigns
from compliance.endings import ending_of
from kernel.actor import Actor
from kernel.errors import DomainError
from ledger.record import record
from tenancy.notices import notify
from tenancy.usecase import usecase

RESTED = "campaign.rested"
log = logging.getLogger(__name__)


def pause_unapproved(*, actor: Actor, now: datetime) -> int:
    """Rest every campaign whose approval has run out or was taken back; how many. Safe to repeat.

    Each in a transaction of its own: one that cannot be changed now waits for the next round and keeps
    nobody else online.
    """
    rested = 0
    for campaign_id in unapproved_campaigns(now):
        try:
            rested += rest_campaign(actor=actor, campaign_id=campaign_id, now=now)
        except (DatabaseError, DomainError):
            log.warning("campaign not rested", extra={"campaign_id": str(campaign_id)}, exc_info=True)
    return rested


@usecase(by="system", may_do_nothing=True)
def rest_campaign(*, actor: Actor, campaign_id: UUID, now: datetime) -> bool:
    """Pause one campaign whose approval stands no longer, say why and tell its authors; whether it was.

    One that somebody is changing at this moment is left to the next round.
    """
    out = Campaign.objects.filter(id=campaign_id, status=Campaign.Status.PUBLISHED)
    campaign: Campaign | None = out.select_for_update(skip_locked=True).first()
    if campaign is None or campaign.live_version is None or is_approved(campaign, now):
        return False
    ending = ending_of(subject=campaign.ref, fingerprint=campaign.live_version.fingerprint, now=now)
    campaign.status = LIFECYCLE.next(campaign.status, "pause")
    campaign.save(update_fields=["status"])
    record(
        "campaigns.paused",
        actor=actor,
        subject=campaign.ref,
        at=now,
        campaign_id=campaign.id,
        version_id=campaign.live_version_id,
        reason=ending.code,
    )
    notify(
        [campaign.author_id, campaign.last_editor_id],
        kind=RESTED,
        subject=campaign.ref,
        source=uuid5(campaign.id, f"rested {now.isoformat()}"),  # it may rest again, for the same reason
        now=now,
    )
    forget_live()
    return True
