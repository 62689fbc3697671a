"""Where one participant stands in a campaign and, in a series, in its running edition. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, Subquery

from campaigns.content import Content
from campaigns.games.base import Json
from campaigns.live import LiveCampaign
from campaigns.models import Edition, Play
from kernel.timekeeping import local_day, start_of_day


@dataclass(frozen=True, slots=True)
class Turn:
    """The last play, how many attempts are used, the number of the next, and what earlier plays held.

    In a series the plays of earlier editions are over: they count for nothing but for what they asked.
    """

    last: Play | None
    used: int
    following: int
    earlier: Sequence[Json] = ()


@dataclass(frozen=True, slots=True)
class EditionTold:
    """One edition of a campaign's calendar."""

    number: int
    opens_on: date
    state: str  # "past", "running", "coming", or "unapproved": the approval ends before it
    opened_at: datetime | None


def turn_of(participant_id: UUID, live: LiveCampaign, now: datetime) -> Turn:
    """One query, in a series as well."""
    game, settings = live.content.game, live.content.settings
    series = game.series(settings)
    mine = Play.objects.filter(participant_id=participant_id, campaign_id=live.id).order_by("-attempt")
    if series is None:
        last: Play | None = mine.first()
        return Turn(last, last.attempt if last else 0, last.attempt + 1 if last else 1)
    opening = series.edition_at(now)
    since = start_of_day(series.rest_begins(opening))
    plays = list(mine.filter(Q(opened_at__gte=since) | Q(attempt=Subquery(mine.values("attempt")[:1]))))
    current = [play for play in plays if series.edition_at(play.opened_at) == opening]
    return Turn(
        last=current[0] if current else None,
        used=len(current),
        following=plays[0].attempt + 1 if plays else 1,
        earlier=[play.state for play in plays if play.opened_at >= since],
    )


def calendar_of(
    content: Content, campaign_id: UUID, *, until: datetime | None, now: datetime
) -> list[EditionTold]:
    """Every edition of a series with its day; none for a campaign that is no series.

    `until` is when the approval ends: an edition that opens later needs another one first.
    """
    series = content.game.series(content.settings)
    if series is None:
        return []
    opened = dict(Edition.objects.filter(campaign_id=campaign_id).values_list("opens_on", "opened_at"))
    running = series.edition_at(now)
    frame = content.frame

    def state(opening: date) -> str:
        if opening == running:
            return "running" if frame.starts_on <= local_day(now) else "coming"
        if opening < running:
            return "past"
        return "unapproved" if until is not None and start_of_day(opening) >= until else "coming"

    return [
        EditionTold(place, max(opening, frame.starts_on), state(opening), opened.get(opening))
        for place, opening in enumerate(series.openings(frame.starts_on, frame.ends_on), start=1)
    ]
