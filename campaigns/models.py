"""Campaigns, the versions that reviewers saw, the ways in, and the plays."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from campaigns.party_models import Party, PartyMember
from campaigns.question_models import Clearance, Edition, Question, QuestionUse, QuestionVersion
from kernel.actor import Ref
from kernel.models import NOTHING_PERSONAL, TenantModel
from tenancy.models import Staff


class Campaign(TenantModel):
    """What a marketer builds. The draft is free to change; phones see only `live_version`.

    The database refuses a `live_version` that is not this campaign's or whose fingerprint nobody approved.
    """

    PERSONAL = NOTHING_PERSONAL

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("进行中")
        PAUSED = "paused", _("已暂停")
        STOPPED = "stopped", _("已紧急停止")
        CLOSED = "closed", _("已结束")

    code = models.CharField(max_length=12)
    preset = models.CharField(max_length=60)
    game = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    draft = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    last_editor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    live_version = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "code"], name="campaign_code_once"),
            CheckConstraint(
                condition=Q(status__in=["draft", "closed"]) | Q(live_version__isnull=False),
                name="campaign_out_has_version",
            ),
            CheckConstraint(
                condition=Q(status__in=["draft", "published", "paused", "stopped", "closed"]),
                name="campaign_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("campaign", self.id)


class Version(TenantModel):
    """A campaign's content as it was submitted: never changed, named by its fingerprint."""

    PERSONAL = NOTHING_PERSONAL

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    created_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["campaign", "number"], name="version_number_once"),
            UniqueConstraint(fields=["campaign", "fingerprint"], name="version_fingerprint_once"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Channel(TenantModel):
    """An official way in (F15): its link carries a signature, its visits are counted."""

    PERSONAL = NOTHING_PERSONAL

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="channels")
    key = models.CharField(max_length=12)
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["campaign", "key"], name="channel_key_once"),
            UniqueConstraint(fields=["campaign", "kind", "name"], name="channel_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Halt(TenantModel):
    """That a colleague took a campaign off phones, and why. Append-only; phones are never told the reason.

    The ledger's line of the deed holds this row's id and the fingerprint of the reason, never its words.
    """

    PERSONAL = NOTHING_PERSONAL

    class Deed(models.TextChoices):
        PAUSE = "pause", _("暂停")
        STOP = "stop", _("紧急停止")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="halts")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    deed = models.CharField(max_length=8, choices=Deed)
    reason = models.TextField(max_length=500)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(deed__in=["pause", "stop"]), name="halt_deed_known"),
            CheckConstraint(condition=~Q(reason=""), name="halt_has_reason"),
        ]

    def __str__(self) -> str:
        return self.deed


class Visit(TenantModel):
    """That a participant saw a campaign on a day: the first time counts, later ones change nothing."""

    PERSONAL = NOTHING_PERSONAL

    participant_id = models.UUIDField()
    campaign_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["participant_id", "campaign_id", "day"], name="visit_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class Play(TenantModel):
    """One attempt of one participant, on the version it began with. The state belongs to the game.

    Campaign and version carry no database constraint: versions cannot be deleted and campaigns are not, so it
    would only make every play wait on one hot row.
    """

    PERSONAL = NOTHING_PERSONAL

    participant_id = models.UUIDField()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="plays", db_constraint=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="plays", db_constraint=False)
    attempt = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=32, default="")
    variant = models.CharField(max_length=32, default="")
    state = models.JSONField()
    revision = models.PositiveIntegerField(default=0)
    last_key = models.CharField(max_length=64, default="")
    last_reply = models.JSONField(null=True)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["participant_id", "campaign", "attempt"], name="play_attempt_once"),
            CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("opened_at")),
                name="play_finished_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.attempt}"


__all__ = [
    "Campaign",
    "Channel",
    "Clearance",
    "Edition",
    "Halt",
    "Party",
    "PartyMember",
    "Play",
    "Question",
    "QuestionUse",
    "QuestionVersion",
    "Version",
    "Visit",
]
