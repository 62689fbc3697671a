"""Earning a service: once for an occasion, however often it is asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.timekeeping import whole_days_after
from ledger.record import record
from rewards.models import Benefit, Grant
from tenancy.usecase import usecase


class BenefitRetired(DomainError):
    """The service is no longer offered."""

    code = "benefit_retired"
    zh = "这项服务已停止提供。"
    en = "This service is no longer offered."


@usecase(by="anyone", may_do_nothing=True)
def grant_benefit(
    *,
    actor: Actor,
    participant_id: UUID,
    benefit_id: UUID,
    occasion: str,
    campaign_id: UUID | None,
    version_id: UUID | None,
    channel: str = "",
    variant: str = "",
    now: datetime,
) -> Grant:
    """The participant's grant for this occasion: a new one the first time, the same one ever after.

    `occasion` names what earned it within the campaign (`passed`, `month:2026-11`, `party:<id>`). It does
    not hold the participant or a play: it is also what makes one *person* earn it once, see `book_grant`.
    Raises BenefitRetired, Benefit.DoesNotExist.
    """
    earlier = _grant_of(participant_id, campaign_id, occasion)
    if earlier is not None:
        return earlier
    benefit = Benefit.of(benefit_id)
    if not benefit.is_active:
        raise BenefitRetired

    fresh = Grant(
        id=new_id(),
        participant_id=participant_id,
        benefit=benefit,
        occasion=occasion,
        campaign_id=campaign_id,
        version_id=version_id,
        channel=channel,
        variant=variant,
        granted_at=now,
        book_before=whole_days_after(now, benefit.book_within_days),
    )
    Grant.objects.bulk_create([fresh], ignore_conflicts=True)
    grant = _grant_of(participant_id, campaign_id, occasion)
    if grant is None:
        raise Grant.DoesNotExist
    if grant.id == fresh.id:
        record(
            "rewards.granted", actor=actor, subject=Ref("grant", grant.id), at=now,
            campaign_id=campaign_id, version_id=version_id, channel=channel, variant=variant,
            participant=str(participant_id), benefit=str(benefit.id), service=benefit.service,
            occasion=occasion,
        )  # fmt: skip
    return grant


def _grant_of(participant_id: UUID, campaign_id: UUID | None, occasion: str) -> Grant | None:
    found: Grant | None = (
        Grant.objects.filter(participant_id=participant_id, campaign_id=campaign_id, occasion=occasion)
        .select_related("benefit")
        .first()
    )
    return found
