"""Parties: two people in one play, each at a seat of their own, seen by the other only as a seat taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, Personal, TenantModel


class Party(TenantModel):
    """One shared play, on the version it began with. The state belongs to the game."""

    PERSONAL = NOTHING_PERSONAL

    class Status(models.TextChoices):
        OPEN = "open", _("进行中")
        COMPLETE = "complete", _("已完成")
        ENDED = "ended", _("已结束")
        EXPIRED = "expired", _("已到期")

    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, related_name="parties", db_constraint=False
    )
    version = models.ForeignKey(
        "campaigns.Version", models.PROTECT, related_name="parties", db_constraint=False
    )
    opened_by = models.UUIDField()
    invitation = models.CharField(max_length=32)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    state = models.JSONField()
    revision = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=32, default="")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            Index(fields=["institution_id", "expires_at"], condition=Q(status="open"), name="party_to_expire")
        ]
        constraints = [
            UniqueConstraint(fields=["institution_id", "invitation"], name="party_invitation_once"),
            UniqueConstraint(
                fields=["campaign", "opened_by"], condition=Q(status="open"), name="party_one_open_each"
            ),
            CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False)),
                name="party_ended_has_time",
            ),
        ]


class PartyMember(TenantModel):
    """Somebody at a party: visiting while they read, seated once they joined with their own proven number.

    The database seats one person a seat, one device a party, one person a campaign, whoever asks how often.
    """

    class State(models.TextChoices):
        VISITING = "visiting", _("查看中")
        SEATED = "seated", _("已加入")
        LEFT = "left", _("已退出")
        OVER = "over", _("已结束")

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "device": Personal(
            what="设备标识散列（按活动）", why="防止一人代填两方", keep="随活动记录", erase="不可还原"
        ),
        "network": Personal(
            what="网络与浏览器散列（按活动）", why="防止一人代填两方", keep="随活动记录", erase="不可还原"
        ),
    }

    party = models.ForeignKey(Party, models.PROTECT, related_name="members")
    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    seat = models.CharField(max_length=16)
    state = models.CharField(max_length=8, choices=State, default=State.VISITING)
    device = models.BinaryField()
    network = models.BinaryField()
    channel = models.CharField(max_length=32, default="")
    last_key = models.CharField(max_length=64, default="")
    last_reply = models.JSONField(null=True)
    came_at = models.DateTimeField()
    seated_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [Index(fields=["participant_id", "campaign_id", "came_at"], name="party_member_mine")]
        constraints = [
            UniqueConstraint(fields=["party", "participant_id"], name="party_member_once"),
            UniqueConstraint(
                fields=["party", "seat"], condition=Q(state="seated"), name="party_seat_holds_one"
            ),
            UniqueConstraint(
                fields=["party", "device"], condition=Q(state="seated"), name="party_device_sits_once"
            ),
            UniqueConstraint(
                fields=["campaign_id", "person_id"],
                condition=Q(state="seated"),
                name="party_person_sits_once_a_campaign",
            ),
            CheckConstraint(
                condition=~Q(state="seated") | Q(person_id__isnull=False, seated_at__isnull=False),
                name="party_seated_is_a_person",
            ),
        ]
