"""Laying a draft before compliance: checked in full, frozen as a version, reviewed by its fingerprint."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from campaigns.checking import Checked, check_campaign
from campaigns.lifecycle import LIFECYCLE
from campaigns.models import Campaign, Version
from campaigns.question_checking import note_uses
from campaigns.usecases.drafting import DraftMoved, locked_campaign, storable
from campaigns.usecases.freezing import frozen, lay_before_compliance
from compliance.gate import approval_of
from compliance.usecases import withdraw_review, write_comment
from compliance.usecases.leaning import submission_begins
from kernel.actor import Actor
from kernel.errors import DomainError
from kernel.fingerprint import fingerprint
from kernel.scope import current_institution
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase


class NotSubmittable(DomainError):
    """The draft has problems or blocking findings; they come along, each with its place."""

    code = "not_submittable"
    status = 422
    zh = "还有 {count} 处需要修改后才能提交。"
    en = "{count} places need to be changed before you can submit."

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        super().__init__(count=len(checked.problems) + len(checked.blocking))


class NothingNew(DomainError):
    code = "nothing_new"
    zh = "这一版内容已审核通过，没有变化，可以直接发布。"
    en = "This content is approved already and has not changed. It can be published."


@usecase(Permission.SUBMIT_CAMPAIGN)
def submit_for_review(
    *, actor: Actor, campaign_id: UUID, revision: int | None = None, note: str = "", now: datetime
) -> Version:
    """Freeze the draft as a version and open its review.

    The same content again is the same version. A review of an older version is withdrawn by the new one.
    Raises NotFound, DraftMoved, NotSubmittable, NothingNew, RulesWithdrawn, AlreadyInReview,
    IllegalTransition.
    """
    campaign = locked_campaign(campaign_id)
    LIFECYCLE.next(campaign.status, "submit")
    if revision is not None and revision != campaign.revision:
        raise DraftMoved(revision=campaign.revision)
    submission_begins()
    checked = check_campaign(campaign, sector=institution_of(current_institution()).sector, now=now)
    if checked.content is None or not checked.is_clear:
        raise NotSubmittable(checked)
    content = checked.content.as_json()
    if approval_of(subject=campaign.ref, fingerprint=fingerprint(content), now=now):
        raise NothingNew

    version: Version = frozen(campaign.versions, content, actor=actor, now=now)
    note_uses(version, checked.content, now=now)
    lay_before_compliance(
        campaign,
        content,
        title=campaign.title,
        findings=checked.findings,
        excused=checked.excused,
        disputed=checked.disputed,
        actor=actor,
        now=now,
    )
    note = storable(note).strip()
    if note:
        write_comment(actor=actor, subject=campaign.ref, text=note, now=now)
    record(
        "campaigns.submitted",
        actor=actor,
        subject=campaign.ref,
        at=now,
        campaign_id=campaign.id,
        version_id=version.id,
        version=version.number,
        fingerprint=version.fingerprint,
    )
    return version


@usecase(Permission.SUBMIT_CAMPAIGN)
def withdraw_submission(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """Take the submission back before it is decided. Raises NotFound, IllegalTransition."""
    campaign = locked_campaign(campaign_id)
    withdraw_review(actor=actor, subject=campaign.ref, now=now)
    record("campaigns.withdrawn", actor=actor, subject=campaign.ref, at=now, campaign_id=campaign.id)
    return campaign
