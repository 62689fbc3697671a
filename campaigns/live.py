"""What is live right now: compiled content, and the pointer to it, which is re-read every second at most.

Versions never change, so what was read from one is kept in this process. The pointer is what a pause, an
emergency stop or the end of an approval moves; a phone follows within a second or so, whether or not a sweep
has run. A day that was known when the pointer was read ends it to the moment.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import F

from campaigns.content import Content, read_content
from campaigns.games.base import Words
from campaigns.models import Campaign, Version
from campaigns.promises import is_complete
from compliance.endings import StandsUntil
from kernel.errors import DomainError, NotFound
from kernel.scope import current_institution
from kernel.timekeeping import local_day

FRESH_SECONDS = 1.0
MOST_CONTENTS = 256
MOST_POINTERS = 4096

Phase = Literal["upcoming", "open", "ended", "paused", "stopped", "closed"]


class NotOpen(DomainError):
    """The campaign exists but cannot be played now; `phase` says why."""

    code = "campaign_not_open"
    zh = "{why.zh}"
    en = "{why.en}"

    def __init__(self, *, phase: Phase) -> None:
        super().__init__(phase=phase, why=_WHY[phase])


_ENDED = Words(
    "活动已结束，已获得的权益仍可使用。", "This campaign has ended. Services you earned stay valid."
)
_WHY: dict[Phase, Words] = {
    "open": Words("活动进行中。", "This campaign is open."),
    "upcoming": Words("活动还没有开始，请在活动时间内参与。", "This campaign has not started yet."),
    "ended": _ENDED,
    "closed": _ENDED,
    "paused": Words(
        "活动暂停中，您的进度已保存，请稍后再来。", "This campaign is paused. Your progress is kept."
    ),
    "stopped": Words(
        "活动已停止，已获得的权益仍可使用。", "This campaign was stopped. Services you earned stay valid."
    ),
}


@dataclass(frozen=True, slots=True)
class LiveCampaign:
    """A campaign as phones may see it: the approved version, until when that stands, whether it is open."""

    id: UUID
    code: str
    status: str
    version_id: UUID
    version_number: int
    fingerprint: str
    starts_on: date
    ends_on: date
    approved_until: datetime | None
    content: Content
    is_complete: bool = True  # no text waits to be filled in

    def phase(self, now: datetime) -> Phase:
        """Where the campaign stands at this moment, in Shanghai's days."""
        if self.status in ("paused", "stopped", "closed"):
            return self.status  # type: ignore[return-value]  # the three are phases too
        if not self.is_approved(now):
            return "paused"
        today = local_day(now)
        if today < self.starts_on:
            return "upcoming"
        return "ended" if today > self.ends_on else "open"

    def is_approved(self, now: datetime) -> bool:
        """Whether the approval of what is shown stands at this moment."""
        return self.is_complete and self.approved_until is not None and now < self.approved_until


_contents: OrderedDict[tuple[UUID, UUID], Content] = OrderedDict()
_pointers: dict[tuple[UUID, str], tuple[float, LiveCampaign]] = {}


def live_campaign(code: str) -> LiveCampaign:
    """The campaign behind this link, at most a second old. Raises NotFound for drafts and strangers."""
    key = (current_institution(), code)
    cached = _pointers.get(key)
    if cached is not None and time.monotonic() - cached[0] < FRESH_SECONDS:
        return cached[1]
    live = _read_pointer(code)
    if len(_pointers) >= MOST_POINTERS:
        _pointers.clear()
    _pointers[key] = (time.monotonic(), live)
    return live


def open_campaign(code: str, now: datetime) -> LiveCampaign:
    """The campaign, if it can be played now. Raises NotFound, NotOpen."""
    live = live_campaign(code)
    phase = live.phase(now)
    if phase != "open":
        raise NotOpen(phase=phase)
    return live


def content_of(version_id: UUID) -> Content:
    """The compiled content of a version of the open institution; read once per process. Raises NotFound."""
    key = (current_institution(), version_id)
    content = _contents.get(key)
    if content is None:
        written = Version.objects.filter(id=version_id).values_list("content", flat=True).first()
        if written is None:
            raise NotFound
        content = _contents[key] = read_content(written)
        if len(_contents) > MOST_CONTENTS:
            _contents.popitem(last=False)
    _contents.move_to_end(key)
    return content


def forget_live() -> None:
    """Drop the pointers (tests, and the process that has just published)."""
    _pointers.clear()


def _read_pointer(code: str) -> LiveCampaign:
    campaign = (
        Campaign.objects.filter(code=code, live_version__isnull=False)
        .annotate(approved_until=StandsUntil("campaign", F("id"), F("live_version__fingerprint")))
        .values(
            "approved_until",
            "id",
            "status",
            "starts_on",
            "ends_on",
            "live_version_id",
            "live_version__number",
            "live_version__fingerprint",
        )
        .first()
    )
    if campaign is None:
        raise NotFound
    content = content_of(campaign["live_version_id"])
    return LiveCampaign(
        id=campaign["id"],
        code=code,
        status=campaign["status"],
        version_id=campaign["live_version_id"],
        version_number=campaign["live_version__number"],
        fingerprint=campaign["live_version__fingerprint"],
        starts_on=campaign["starts_on"],
        ends_on=campaign["ends_on"],
        approved_until=campaign["approved_until"],
        content=content,
        is_complete=is_complete(content),
    )
