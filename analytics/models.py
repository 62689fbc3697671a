"""Figures folded from the ledger, and the reports made of it. All but the reports can be folded again."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from analytics.game_models import CheckInDay, Side
from analytics.lead_models import Lead, LeadSign, LeadTally, Spend
from kernel.models import NOTHING_PERSONAL, TenantModel
from tenancy.models import Staff


class Cursor(TenantModel):
    """How far one projection has read the institution's ledger."""

    PERSONAL = NOTHING_PERSONAL

    projection = models.CharField(max_length=40)
    transaction = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    advanced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "projection"], name="cursor_once")]


class Person(TenantModel):
    """A participant in a campaign, and the channel they first came by: all their stages count there."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    channel = models.CharField(max_length=32)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "campaign_id", "participant_id"], name="person_once")
        ]


class Reached(TenantModel):
    """That a participant reached a stage of a campaign, and on which day first."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    stage = models.CharField(max_length=12)
    day = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "campaign_id", "participant_id", "stage"], name="reached_once"
            )
        ]


class Tally(TenantModel):
    """How often, and by how many for the first time, a stage was reached on a day by people of a channel."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    day = models.DateField()
    channel = models.CharField(max_length=32)
    stage = models.CharField(max_length=12)
    events = models.BigIntegerField()
    people = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "campaign_id", "day", "channel", "stage"], name="tally_once"
            )
        ]


class AnswerTally(TenantModel):
    """How often an option of a question was chosen."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    version_id = models.UUIDField(null=True)
    question = models.CharField(max_length=64)
    option = models.CharField(max_length=64)
    answered = models.BigIntegerField()
    correct = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "campaign_id", "version_id", "question", "option"],
                nulls_distinct=False,
                name="answer_tally_once",
            )
        ]


class Holding(TenantModel):
    """Whose a granted service is: later entries about it may name only the grant."""

    PERSONAL = NOTHING_PERSONAL

    subject_id = models.UUIDField()
    campaign_id = models.UUIDField(null=True)
    participant_id = models.UUIDField()

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "subject_id"], name="holding_once")]


class ReportOrder(TenantModel):
    """A report that was asked for: waits, is made, or says why it could not be made (yet).

    A worker that makes it claims it for a while, so that nobody counts the same twice at once.
    """

    PERSONAL = NOTHING_PERSONAL

    class State(models.TextChoices):
        WAITING = "waiting", _("等待生成")
        MADE = "made", _("已生成")
        FAILED = "failed", _("生成失败")
        GIVEN_UP = "given_up", _("已停止生成")

    kind = models.CharField(max_length=40)
    campaign_id = models.UUIDField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=64, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    check_for = models.UUIDField(null=True)  # who waits for it to be computed again
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            Index(
                fields=["institution_id", "next_try_at"],
                condition=~Q(state="made"),
                name="report_order_due",
            )
        ]
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "kind", "campaign_id", "until"], name="report_order_once"
            ),
            CheckConstraint(
                condition=~Q(state="made") | Q(settled_at__isnull=False), name="report_order_made_has_time"
            ),
        ]


class Report(TenantModel):
    """A finished report: content, its fingerprint, and the PDF. Never changed.

    ``transaction`` and ``entry`` say up to where the ledger was read, so that it can be computed again.
    """

    PERSONAL = NOTHING_PERSONAL

    order = models.OneToOneField(ReportOrder, models.PROTECT, related_name="report")
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    campaign_id = models.UUIDField()
    until = models.DateTimeField()
    transaction = models.BigIntegerField()
    entry = models.BigIntegerField()
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["institution_id", "campaign_id", "until"], name="report_by_campaign")]
        constraints = [
            UniqueConstraint(fields=["institution_id", "number"], name="report_number_once"),
        ]


class Submission(TenantModel):
    """That a report's package was handed to a regulator: who, when, to whom, the receipt, every file's hash.

    Append-only; a mistake is corrected by a further entry that names it.
    """

    PERSONAL = NOTHING_PERSONAL

    report = models.ForeignKey(Report, models.PROTECT, related_name="submissions")
    campaign_id = models.UUIDField()
    authority = models.CharField(max_length=80)
    filed_on = models.DateField()
    receipt = models.CharField(max_length=80)
    remark = models.CharField(max_length=300, default="", blank=True)
    files = models.JSONField()
    sha256 = models.CharField(max_length=64)
    filed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["institution_id", "at"], name="submission_log")]
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "authority", "receipt"], name="submission_receipt_once"
            ),
            CheckConstraint(
                condition=~Q(authority="") & ~Q(receipt=""), name="submission_has_authority_and_receipt"
            ),
        ]


__all__ = [
    "AnswerTally",
    "CheckInDay",
    "Cursor",
    "Holding",
    "Lead",
    "LeadSign",
    "LeadTally",
    "Person",
    "Reached",
    "Report",
    "ReportOrder",
    "Side",
    "Spend",
    "Submission",
    "Tally",
]
