"""Editions of a series: written down as they open. Phones go by the clock and never wait for this."""

from __future__ import annotations

from datetime import datetime

from campaigns.live import content_of
from campaigns.models import Campaign, Edition
from kernel.actor import Actor
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.usecase import usecase


@usecase(by="system", may_do_nothing=True)
def open_editions(*, actor: Actor, now: datetime) -> int:
    """Record the running edition of every series that is out, with the approved version it draws from.

    How many were new. Safe to repeat.
    """
    today = local_day(now)
    out = Campaign.objects.filter(
        status=Campaign.Status.PUBLISHED,
        starts_on__lte=today,
        ends_on__gte=today,
        live_version__content__settings__has_key="monthly_on",
    )
    opened = 0
    for campaign in out.order_by("id"):
        content = content_of(campaign.live_version_id)
        series = content.game.series(content.settings)
        if series is None:
            continue
        opening = series.edition_at(now)
        number = series.number(content.frame.starts_on, opening)
        edition, made = Edition.objects.get_or_create(
            campaign=campaign,
            opens_on=opening,
            defaults={"number": number, "version_id": campaign.live_version_id, "opened_at": now},
        )
        if made:
            record(
                "campaigns.edition_opened",
                actor=actor,
                subject=campaign.ref,
                at=now,
                campaign_id=campaign.id,
                version_id=edition.version_id,
                number=number,
            )
            opened += 1
    return opened
