"""Leads folded from the ledger, the signs behind them, and what was spent to win them (F5)."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, TenantModel


class Lead(TenantModel):
    """A participant who said, when booking in a campaign, what they need. Gone when they are erased."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    need = models.CharField(max_length=12)  # the first one declared
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "campaign_id", "participant_id"], name="lead_once")
        ]
        indexes = [
            Index(fields=["institution_id", "-declared_at", "-id"], name="lead_latest"),
            Index(fields=["institution_id", "campaign_id", "-declared_at", "-id"], name="lead_of_campaign"),
        ]


class LeadSign(TenantModel):
    """One ledger entry that tells of a need: declared in a booking, or shown by what was done."""

    class Source(models.TextChoices):
        DECLARED = "declared", _("预约时填写")
        MISSED = "missed", _("答错的知识点")
        WALKED = "walked", _("选择的情景模拟")

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    need = models.CharField(max_length=12)
    source = models.CharField(max_length=12, choices=Source)
    about = models.CharField(max_length=64)  # the service booked, the question missed, the game chosen
    transaction = models.BigIntegerField()
    entry = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "transaction", "entry"], name="sign_once")]
        indexes = [
            Index(fields=["institution_id", "campaign_id", "participant_id", "at"], name="sign_of_lead")
        ]


class LeadTally(TenantModel):
    """How many leads a campaign has won by need. A number without people: it outlives their erasure."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    need = models.CharField(max_length=12)
    leads = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "campaign_id", "need"], name="lead_tally_once")
        ]


class Spend(TenantModel):
    """Money spent on a campaign, in fen, as it was entered. Never changed: a counter-entry corrects it."""

    class Kind(models.TextChoices):
        MEDIA = "media", _("渠道投放")
        MATERIAL = "material", _("物料制作")
        PEOPLE = "people", _("人力与服务")
        OTHER = "other", _("其他")

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind)
    fen = models.BigIntegerField()
    spent_on = models.DateField()
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="correction"
    )
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    form_key = models.UUIDField(null=True, editable=False)  # of the page it was typed on: entered once

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "form_key"], name="spend_form_once"),
            CheckConstraint(
                condition=Q(corrects=None, fen__gt=0) | Q(corrects__isnull=False, fen__lt=0),
                name="spend_sign",
            ),
            CheckConstraint(condition=~Q(corrects=F("id")), name="spend_not_of_itself"),
        ]
        indexes = [Index(fields=["institution_id", "campaign_id", "-recorded_at"], name="spend_latest")]
