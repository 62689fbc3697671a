"""Sides of parties and days of check-in, folded from the ledger (F6, F39)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from analytics.models import CheckInDay, Side
from analytics.projections.base import Projection
from analytics.stages import participant_of
from ledger.models import Entry

CAME = "play.started"
JOINED = "play.joined"
CHECKED_IN = "play.checked_in"


class Games(Projection):
    """The last side wins; a day counts once."""

    name = "games"

    def apply(self, entries: Sequence[Entry]) -> None:
        self._keep_sides(entries)
        self._keep_days(entries)

    def forget(self) -> None:
        for model in (Side, CheckInDay):
            model.objects.all().delete()

    def _keep_sides(self, entries: Sequence[Entry]) -> None:
        sides: dict[tuple[UUID, UUID], tuple[str, bool]] = {}
        for entry in entries:
            seat, participant = entry.data.get("seat"), participant_of(entry)
            if entry.verb not in (CAME, JOINED) or not seat or not participant or not entry.campaign_id:
                continue
            sides[entry.campaign_id, participant] = (str(seat)[:16], entry.verb == JOINED)
        if not sides:
            return
        Side.objects.bulk_create(
            [
                Side(campaign_id=campaign, participant_id=participant, seat=seat, joined=joined)
                for (campaign, participant), (seat, joined) in sides.items()
            ],
            update_conflicts=True,
            unique_fields=["institution_id", "campaign_id", "participant_id"],
            update_fields=["seat", "joined"],
        )

    def _keep_days(self, entries: Sequence[Entry]) -> None:
        days = {
            (entry.campaign_id, participant, date.fromisoformat(str(entry.data["day"])))
            for entry in entries
            if entry.verb == CHECKED_IN
            and entry.campaign_id
            and not entry.data.get("made_up")
            and (participant := participant_of(entry))
        }
        CheckInDay.objects.bulk_create(
            [
                CheckInDay(campaign_id=campaign, participant_id=participant, day=day)
                for campaign, participant, day in sorted(days, key=repr)
            ],
            ignore_conflicts=True,
        )
