"""What is folded beside the stages: the side of a party somebody was on, the days somebody checked in."""

from __future__ import annotations

from django.db import models
from django.db.models import UniqueConstraint

from kernel.models import NOTHING_PERSONAL, TenantModel


class Side(TenantModel):
    """The seat a participant took last in a campaign for two, and whether they sat down."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    seat = models.CharField(max_length=16)
    joined = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "campaign_id", "participant_id"], name="side_once")
        ]


class CheckInDay(TenantModel):
    """That a participant checked in on a calendar day; days made up later are not visits and not counted."""

    PERSONAL = NOTHING_PERSONAL

    campaign_id = models.UUIDField()
    participant_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "campaign_id", "participant_id", "day"], name="check_in_day_once"
            )
        ]
