"""Going live and coming off: only what compliance approved, and off within seconds."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from campaigns.content import Unreadable, articles_of, read_content
from campaigns.lifecycle import LIFECYCLE
from campaigns.live import forget_live
from campaigns.models import Campaign, Channel, Halt, Version
from campaigns.usecases.drafting import locked_campaign, storable
from compliance.gate import NotApproved, require_approval
from compliance.usecases.leaning import refuse_withdrawn_articles
from kernel.actor import Actor
from kernel.errors import DomainError
from kernel.fingerprint import fingerprint
from kernel.timekeeping import local_day
from ledger.record import record
from tenancy.roles import Permission
from tenancy.usecase import usecase

MOST_REASON = 500


class ReasonNeeded(DomainError):
    """Whoever takes a campaign off phones says why, in 1 to 500 characters."""

    code = "reason_needed"
    status = 422
    zh = "请写明原因（1到{most}字），再暂停或停止活动。"
    en = "Say why (1 to {most} characters) before the campaign is paused or stopped."

    def __init__(self) -> None:
        super().__init__(most=MOST_REASON)


class PeriodOver(DomainError):
    code = "period_over"
    zh = "活动结束日期（{ends_on}）已过，请修改日期并重新送审。"
    en = "The campaign's last day ({ends_on}) has passed. Change the dates and submit it again."

    def __init__(self, *, ends_on: date) -> None:
        super().__init__(ends_on=ends_on.isoformat())


@usecase(Permission.PUBLISH_CAMPAIGN)
def publish_campaign(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """Put what the draft says now before participants, if compliance approved exactly that.

    An edit after the approval closes the gate again, while the version that is live stays live.
    Raises NotFound, NotApproved, CitesWithdrawn, PeriodOver, IllegalTransition.
    """
    campaign = locked_campaign(campaign_id)
    status = LIFECYCLE.next(campaign.status, "publish")
    version = _version_as_drafted(campaign)
    approval = require_approval(subject=campaign.ref, fingerprint=version.fingerprint, now=now)
    content = read_content(version.content)
    frame = content.frame
    if version.id != campaign.live_version_id:
        refuse_withdrawn_articles(one.article for one in articles_of(content))
    if frame.ends_on < local_day(now):
        raise PeriodOver(ends_on=frame.ends_on)

    _open_channels(campaign, version)
    campaign.status = status
    campaign.live_version = version
    campaign.title = frame.title
    campaign.starts_on, campaign.ends_on = frame.starts_on, frame.ends_on
    campaign.published_at = now
    campaign.save(update_fields=["status", "live_version", "title", "starts_on", "ends_on", "published_at"])
    record(
        "campaigns.published",
        actor=actor,
        subject=campaign.ref,
        at=now,
        campaign_id=campaign.id,
        version_id=version.id,
        version=version.number,
        fingerprint=version.fingerprint,
        certificate=approval.certificate,
    )
    forget_live()
    return campaign


@usecase(Permission.PUBLISH_CAMPAIGN)
def pause_campaign(*, actor: Actor, campaign_id: UUID, reason: str, now: datetime) -> Campaign:
    """Rest it, saying why; progress is kept. Raises ReasonNeeded, NotFound, IllegalTransition."""
    return _halted(actor, campaign_id, Halt.Deed.PAUSE, reason, now)


@usecase(Permission.PUBLISH_CAMPAIGN)
def resume_campaign(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """Go on with the live version while its approval holds.

    Raises NotFound, NotApproved, IllegalTransition.
    """
    campaign = locked_campaign(campaign_id)
    LIFECYCLE.next(campaign.status, "resume")
    if campaign.live_version is not None:
        require_approval(subject=campaign.ref, fingerprint=campaign.live_version.fingerprint, now=now)
    campaign = _moved(campaign_id, "resume")
    _record("campaigns.resumed", actor, campaign, now)
    return campaign


@usecase(Permission.PUBLISH_CAMPAIGN)
def close_campaign(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """End it for good; what was earned stays earned. Raises NotFound, IllegalTransition."""
    campaign = _moved(campaign_id, "close")
    _record("campaigns.closed", actor, campaign, now)
    return campaign


@usecase(Permission.STOP_CAMPAIGN)
def emergency_stop(*, actor: Actor, campaign_id: UUID, reason: str, now: datetime) -> Campaign:
    """Take it off every phone now, saying why. Raises ReasonNeeded, NotFound, IllegalTransition."""
    return _halted(actor, campaign_id, Halt.Deed.STOP, reason, now)


@usecase(Permission.STOP_CAMPAIGN)
def lift_stop(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """Let the marketer resume it: it comes back paused. Raises NotFound, IllegalTransition."""
    campaign = _moved(campaign_id, "lift_stop")
    _record("campaigns.stop_lifted", actor, campaign, now)
    return campaign


def _halted(actor: Actor, campaign_id: UUID, deed: Halt.Deed, reason: str, now: datetime) -> Campaign:
    """Off phones, with the words kept beside the campaign and only their fingerprint in the ledger."""
    words = storable(reason).strip()
    if not 1 <= len(words) <= MOST_REASON:
        raise ReasonNeeded
    campaign = _moved(campaign_id, deed.value)
    halt = Halt.objects.create(
        campaign=campaign,
        version_id=campaign.live_version_id,
        deed=deed,
        reason=words,
        by_id=actor.id,
        at=now,
    )
    verb = "campaigns.stopped" if deed is Halt.Deed.STOP else "campaigns.paused"
    _record(verb, actor, campaign, now, halt=str(halt.id), reason_hash=fingerprint(words))
    return campaign


def _moved(campaign_id: UUID, deed: str) -> Campaign:
    campaign = locked_campaign(campaign_id)
    campaign.status = LIFECYCLE.next(campaign.status, deed)
    campaign.save(update_fields=["status"])
    forget_live()
    return campaign


def _record(verb: str, actor: Actor, campaign: Campaign, now: datetime, **facts: str) -> None:
    version_id = campaign.live_version_id
    record(
        verb,
        actor=actor,
        subject=campaign.ref,
        at=now,
        campaign_id=campaign.id,
        version_id=version_id,
        **facts,
    )


def _version_as_drafted(campaign: Campaign) -> Version:
    """The version that says exactly what the draft says. Raises NotApproved when nobody submitted that."""
    try:
        name = fingerprint(read_content(campaign.draft).as_json())
    except Unreadable:
        raise NotApproved from None
    version: Version | None = campaign.versions.filter(fingerprint=name).first()
    if version is None:
        raise NotApproved
    return version


def _open_channels(campaign: Campaign, version: Version) -> None:
    """A way in for each official channel of the version; links already printed keep working."""
    known = {(channel.kind, channel.name) for channel in campaign.channels.all()}
    taken = campaign.channels.count()
    for plan in read_content(version.content).frame.channels:
        if (plan.kind, plan.name) not in known:
            taken += 1
            Channel.objects.create(campaign=campaign, key=f"c{taken}", kind=plan.kind, name=plan.name)
