"""A rule pack, an article or a text that must not be leant on any longer, and who said so."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.actor import Ref
from kernel.models import NOTHING_PERSONAL, TenantModel
from tenancy.models import Staff


class Withdrawal(TenantModel):
    """A version of a pack, article, notice or disclaimer, withdrawn: asked for by one, confirmed by another.

    `key` names it (a pack by its hash) and `version` is the fingerprint of the very text, so that a
    corrected text is not withdrawn with it. `revoked` counts the approvals that ended; of an article, those
    that must be given anew by a day.
    """

    PERSONAL = NOTHING_PERSONAL

    class Kind(models.TextChoices):
        PACK = "pack", _("规则包")
        ARTICLE = "article", _("法规条款")
        NOTICE = "notice", _("个人信息告知")
        DISCLAIMER = "disclaimer", _("风险提示语")

    class Status(models.TextChoices):
        ASKED = "asked", _("待确认")
        CONFIRMED = "confirmed", _("已撤回")
        DROPPED = "dropped", _("未执行")

    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    reason = models.TextField(max_length=500)
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    revoked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "kind", "key", "version"],
                condition=~Q(status="dropped"),
                name="withdrawal_once",
            ),
            CheckConstraint(
                condition=~Q(status="confirmed")
                | (Q(settled_by__isnull=False) & ~Q(settled_by=F("asked_by"))),
                name="withdrawal_second_person",
            ),
            CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("withdrawal", self.id)
