"""Agreeing to the notice that was shown, on one's own phone: the same step before every form."""

from __future__ import annotations

from django.http import HttpRequest

from campaigns.live import live_campaign
from campaigns.player.doors import Visit
from campaigns.player.texts import notice_read
from kernel.typed import typed_id
from privacy.usecases import give_consent
from privacy.usecases.consents import NoticeOutdated


def consent_given(request: HttpRequest, visit: Visit) -> None:
    """The ticked purposes of the notice that was shown; the first one is the booking itself.

    Raises NoticeOutdated.
    """
    live = live_campaign(visit.code)
    notice = notice_read(live.content)
    shown = typed_id(request.POST.get("notice", ""))
    if shown is None or notice.id is None:
        raise NoticeOutdated
    extra = [each.code for each in notice.optional if request.POST.get(f"also_{each.code}") == "yes"]
    give_consent(
        actor=visit.actor,
        notice_id=shown,
        purposes=[notice.purpose, *extra] if shown == notice.id else [notice.purpose],
        device_family=device_family(request),
        campaign_id=live.id,
        now=visit.now,
    )


def device_family(request: HttpRequest) -> str:
    """iPhone, Android, WeChat, other: enough for the record, nothing that follows a person."""
    agent = request.headers.get("User-Agent", "")
    container = "WeChat " if "MicroMessenger" in agent else ""
    family = next(
        (name for name in ("iPhone", "iPad", "Android", "HarmonyOS", "Windows") if name in agent), "other"
    )
    return f"{container}{family}"
