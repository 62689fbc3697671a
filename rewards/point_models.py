"""Service points in double-entry books. They come from the issuer and end as a service, or lapse.

A movement takes from one account and gives the same number to another, so the books balance by construction.
The database knows three movements and no fourth: won, spent on a grant, lapsed. There is no second holder to
give to and no column for money or goods.
"""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, TenantModel
from privacy.models import Participant


class Account(models.TextChoices):
    """Where points can be."""

    ISSUER = "issuer", _("机构")
    HOLDER = "holder", _("客户")
    SERVICES = "services", _("服务权益")


class PointMovement(TenantModel):
    """One line of the books: never changed, never deleted."""

    class Kind(models.TextChoices):
        WON = "won", _("获得")
        SPENT = "spent", _("兑换服务")
        LAPSED = "lapsed", _("到期")

    PERSONAL = NOTHING_PERSONAL

    kind = models.CharField(max_length=6, choices=Kind)
    takes_from = models.CharField(max_length=8, choices=Account)
    gives_to = models.CharField(max_length=8, choices=Account)
    amount = models.PositiveIntegerField()
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="point_movements")
    campaign_id = models.UUIDField()
    occasion = models.CharField(max_length=80)
    grant = models.OneToOneField("rewards.Grant", models.PROTECT, null=True, related_name="paid_by")
    lapses_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["participant", "at"], name="point_movement_participant")]
        constraints = [
            UniqueConstraint(
                fields=["participant", "campaign_id", "kind", "occasion"], name="point_movement_once"
            ),
            CheckConstraint(condition=Q(amount__gte=1), name="point_movement_moves_something"),
            CheckConstraint(
                condition=Q(
                    kind="won",
                    takes_from="issuer",
                    gives_to="holder",
                    grant__isnull=True,
                    lapses_at__isnull=False,
                )
                | Q(
                    kind="spent",
                    takes_from="holder",
                    gives_to="services",
                    grant__isnull=False,
                    lapses_at__isnull=True,
                )
                | Q(
                    kind="lapsed",
                    takes_from="holder",
                    gives_to="issuer",
                    grant__isnull=True,
                    lapses_at__isnull=True,
                ),
                name="point_movement_is_one_of_three",
            ),
        ]


class PointBalance(TenantModel):
    """What one participant holds in one campaign, written by the database with each movement."""

    PERSONAL = NOTHING_PERSONAL

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="point_balances")
    campaign_id = models.UUIDField()
    balance = models.IntegerField()
    lapses_at = models.DateTimeField()

    class Meta:
        indexes = [
            Index(
                fields=["institution_id", "lapses_at"], condition=Q(balance__gt=0), name="point_balance_lapse"
            )
        ]
        constraints = [
            UniqueConstraint(fields=["participant", "campaign_id"], name="point_balance_once"),
            CheckConstraint(condition=Q(balance__gte=0), name="point_balance_never_below_zero"),
        ]
