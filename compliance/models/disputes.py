"""That an author holds a blocking finding for a false alarm, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from kernel.models import NOTHING_PERSONAL, TenantModel
from tenancy.models import Staff


class Dispute(TenantModel):
    """A blocking finding laid before reviewers instead of being written away. Append-only.

    Bound to the very words of the field by `text_hash`: an edit of them leaves it without effect.
    """

    PERSONAL = NOTHING_PERSONAL

    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    finding_key = models.CharField(max_length=64)
    rule = models.CharField(max_length=40)
    path = models.CharField(max_length=160)
    matched = models.TextField()
    text_hash = models.CharField(max_length=64)
    reason = models.TextField(max_length=500)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "subject_id", "finding_key", "text_hash"], name="dispute_once"
            ),
            CheckConstraint(condition=~Q(reason=""), name="dispute_has_reason"),
        ]

    def __str__(self) -> str:
        return self.rule
