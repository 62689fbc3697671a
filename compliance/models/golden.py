"""An institution's labelled sentences, what of ours it set aside, and what trials over them have shown."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from compliance.models.rules import RulePack
from kernel.models import NOTHING_PERSONAL, TenantModel
from tenancy.models import Staff

LONGEST_SENTENCE = 500
LONGEST_REASON = 300


class GoldenSentence(TenantModel):
    """A sentence of theirs and what people say of it. Never rewritten: withdrawn, and written anew.

    `key` names the words whatever their width, case and spacing; one live row a key, so that no two rows
    can contradict each other.
    """

    PERSONAL = NOTHING_PERSONAL

    text = models.CharField(max_length=LONGEST_SENTENCE)
    key = models.CharField(max_length=64)
    offends = models.BooleanField()
    category = models.CharField(max_length=40, blank=True, default="")
    sector = models.CharField(max_length=16)
    content_type = models.CharField(max_length=16)
    why = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "key"], condition=Q(ended_at__isnull=True), name="golden_words_once"
            ),
            CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="golden_ended_by_someone",
            ),
            CheckConstraint(condition=~Q(text=""), name="golden_says_something"),
            CheckConstraint(condition=Q(offends=True) | Q(category=""), name="golden_fine_offends_nothing"),
        ]

    def __str__(self) -> str:
        return self.text


class SetAside(TenantModel):
    """One of our sentences that an institution does not go by, with the reason, until it is brought back."""

    PERSONAL = NOTHING_PERSONAL

    key = models.CharField(max_length=64)
    reason = models.CharField(max_length=LONGEST_REASON)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "key"], condition=Q(ended_at__isnull=True), name="set_aside_once"
            ),
            CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="set_aside_ended_by_someone",
            ),
            CheckConstraint(condition=~Q(reason=""), name="set_aside_has_reason"),
        ]

    def __str__(self) -> str:
        return self.key


class Trial(TenantModel):
    """What a draft would do, as it was shown to people. Append-only.

    `before` and `after` count ``{"violations", "caught", "honest", "alarms"}`` under the pack in force and
    under the draft; `sentences` are those judged differently or wrongly, `contents` the approved contents
    that would read differently (`compliance.trials` names their keys). `newly_wrong` counts violations that
    would pass and honest sentences that would be blocked, and would not be today.
    """

    PERSONAL = NOTHING_PERSONAL

    number = models.PositiveIntegerField()
    pack = models.ForeignKey(RulePack, models.PROTECT, related_name="trials")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    terms_hash = models.CharField(max_length=64)
    pack_hash = models.CharField(max_length=64)
    against_hash = models.CharField(max_length=64)
    golden_hash = models.CharField(max_length=64)
    golden_size = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    sentences = models.JSONField(default=list)
    contents = models.JSONField(default=list)
    contents_read = models.PositiveIntegerField()
    newly_wrong = models.PositiveIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "number"], name="trial_number_once")]

    def __str__(self) -> str:
        return f"#{self.number}"
