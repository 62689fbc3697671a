"""Text messages that go out, and what they may cost: tallies, ceilings, price, used proofs of work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, Personal, TenantModel
from kernel.sealed import SealedTextField


class TextScope(models.TextChoices):
    """What a ceiling is counted for."""

    INSTITUTION = "institution", _("全机构")
    CAMPAIGN = "campaign", _("单个活动")
    RANGE = "range", _("同一号段（前 7 位）")
    NUMBER = "number", _("同一号码")
    SURGE = "surge", _("异常增多")


class TextTally(TenantModel):
    """How many texts went out on one day of Shanghai within one scope, never above its ceiling.

    ``subject`` is a campaign's id or the keyed hash of a number or its range, under another hash each day.
    """

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "subject": Personal(
            what="手机号、号段的当日密钥散列", why="限制短信数量", keep="两天", erase="到期删除行"
        ),
    }

    day = models.DateField()
    scope = models.CharField(max_length=12, choices=TextScope)
    subject = models.CharField(max_length=64, default="")
    used = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "day", "scope", "subject"], name="text_tally_once"),
            CheckConstraint(condition=Q(used__lte=F("most")), name="text_tally_below_ceiling"),
        ]


class TextCeiling(TenantModel):
    """A ceiling a day that an administrator set in place of the default; one campaign may have its own."""

    PERSONAL = NOTHING_PERSONAL

    scope = models.CharField(max_length=12, choices=TextScope)
    campaign_id = models.UUIDField(null=True)
    most = models.PositiveIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "scope", "campaign_id"],
                nulls_distinct=False,
                name="text_ceiling_once",
            ),
            CheckConstraint(condition=Q(most__gte=1), name="text_ceiling_lets_something_out"),
        ]


class TextPrice(TenantModel):
    """What one billed text costs the institution, in yuan."""

    PERSONAL = NOTHING_PERSONAL

    yuan = models.DecimalField(max_digits=6, decimal_places=4)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id"], name="text_price_once"),
            CheckConstraint(condition=Q(yuan__gt=0, yuan__lte=10), name="text_price_is_one"),
        ]


class SpentProof(TenantModel):
    """A proof of work that was used: it counts once. Kept until it would have expired anyway."""

    PERSONAL = NOTHING_PERSONAL

    digest = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "digest"], name="spent_proof_once")]


class OutboundText(TenantModel):
    """A text message that must go out: written with the deed that wants it, carried by a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        CLAIMED = "claimed", _("发送中")
        SENT = "sent", _("已发送")
        REFUSED = "refused", _("被拒绝")
        LAPSED = "lapsed", _("已过时效")

    participant = models.ForeignKey("privacy.Participant", models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=24)
    sealed = SealedTextField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    useless_after = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=64, default="")
    campaign_id = models.UUIDField(null=True)
    parts = models.PositiveSmallIntegerField(default=1, db_default=1)

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "sealed": Personal(what="短信号码与内容", why="发送服务短信", keep="发送后即清空", erase="清空"),
    }

    class Meta:
        indexes = [
            Index(
                fields=["institution_id", "next_try_at"],
                condition=Q(state__in=["waiting", "claimed"]),
                name="outbound_text_due",
            ),
            Index(
                fields=["institution_id", "settled_at"], condition=Q(state="sent"), name="outbound_text_sent"
            ),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(state__in=["waiting", "claimed"], sealed__isnull=False, settled_at__isnull=True)
                | Q(state__in=["sent", "refused", "lapsed"], sealed__isnull=True, settled_at__isnull=False),
                name="outbound_text_settled_is_empty",
            )
        ]
