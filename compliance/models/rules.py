"""Rule packs of an institution, and findings set aside."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, TenantModel
from tenancy.models import Staff


class RulePack(TenantModel):
    """An institution's own terms and requirements over the shipped pack.
    Whoever wrote on it never puts it in force.

    `contributors` can only grow, takes in every author by itself, and never holds the one who activates: the
    database sees to it. `trial_asked_at` stands while a trial of the draft is awaited. A pack in force
    names the trial that was shown before; where that trial found `newly_wrong` sentences, `acknowledged` says
    why it was put in force all the same.
    """

    PERSONAL = NOTHING_PERSONAL

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ACTIVE = "active", _("使用中")
        RETIRED = "retired", _("已停用")

    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    terms = models.JSONField(default=list)
    requirements = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    hash = models.CharField(max_length=64)
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    contributors = ArrayField(models.UUIDField(), db_default=models.Value([], ArrayField(models.UUIDField())))
    activated_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    trial_asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    trial_asked_at = models.DateTimeField(null=True)
    trial = models.ForeignKey("compliance.Trial", models.PROTECT, null=True, related_name="+")
    newly_wrong = models.PositiveIntegerField(default=0, db_default=0)
    acknowledged = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "number"], name="rule_pack_number_once"),
            UniqueConstraint(
                fields=["institution_id"], condition=Q(status="active"), name="rule_pack_one_active"
            ),
            CheckConstraint(
                condition=Q(activated_by__isnull=True) | ~Q(activated_by=F("author")),
                name="rule_pack_second_person",
            ),
            CheckConstraint(
                condition=Q(status="draft") | Q(activated_by__isnull=False), name="rule_pack_active_was_seen"
            ),
            CheckConstraint(
                condition=Q(newly_wrong=0) | ~Q(acknowledged=""), name="rule_pack_worse_is_acknowledged"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class Dismissal(TenantModel):
    """A finding set aside, with the reason. A blocking one needs a second person before it counts.

    It counts only for the sentence that was read, and as long as neither of the two has written any of the
    content: see `standing_dismissals`. Then others may set the finding aside anew; what was said before stays
    on record.
    """

    PERSONAL = NOTHING_PERSONAL

    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    finding_key = models.CharField(max_length=64)
    rule = models.CharField(max_length=40)
    path = models.CharField(max_length=160)
    matched = models.TextField()
    sentence = models.CharField(max_length=16, default="", db_default="")
    severity = models.CharField(max_length=8)
    reason = models.TextField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seconded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    seconded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=F("by")),
                name="dismissal_second_person",
            ),
            CheckConstraint(condition=~Q(reason=""), name="dismissal_has_reason"),
        ]
        indexes = [
            models.Index(fields=["institution_id", "subject_id", "finding_key"], name="dismissal_of_finding")
        ]

    def __str__(self) -> str:
        return self.rule
