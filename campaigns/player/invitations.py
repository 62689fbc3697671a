"""What an invitation says to whoever followed it, and what is left to do when it cannot be used."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.content import Content
from campaigns.live import LiveCampaign
from campaigns.parties import (
    InvitationOff,
    InvitationUnknown,
    PartyExpired,
    PartyFull,
    PartyOver,
    invited_to,
    may_open,
    place_of,
    stays,
)
from campaigns.player.devices import in_wechat, invitation_of, invites_here
from campaigns.player.doors import Visit
from campaigns.player.shell import start_label
from kernel.errors import DomainError

REFUSALS = (InvitationOff, InvitationUnknown, PartyExpired, PartyOver, PartyFull)


def invited_here(request: HttpRequest, visit: Visit, live: LiveCampaign) -> dict[str, Any] | None:
    """The invitation this phone holds, in words; None when it holds none or its owner keeps a place already.

    `start` labels the button that goes on, `own` the one that goes on without the invitation; an empty label
    says that there is no such way here.
    """
    invitation = invitation_of(request, visit)
    if not invitation:
        return None
    mine = place_of(visit.participant_id, live.id) if visit.participant_id else None
    if mine is not None and stays(mine, invitation, own=False, now=visit.now):
        reads_it = mine.state == mine.State.VISITING and mine.party.invitation == invitation
        if not reads_it:
            return None
    try:
        invited_to(invitation, live, invites=invites_here(request, visit), now=visit.now)
    except REFUSALS as refusal:
        return _unusable(request, live.content, refusal)
    return {
        "open": True,
        "headline": _("您收到一份邀请"),
        "lines": [words_of(live.content), _("邀请您的人看不到您的姓名、手机号和参与内容。")],
        "start": start_label(live.content),
        "own": _own_label(live.content),
    }


def words_of(content: Content) -> str:
    """The reviewed words that go with an invitation."""
    return str(content.game.invitation(content.settings) or content.frame.promise)


def text_to_send(content: Content, link: str) -> str:
    """What is copied for a friend: reviewed words, then the link. The sender adds nothing."""
    return f"{content.frame.title}\n{words_of(content)}\n{link}"


def _unusable(request: HttpRequest, content: Content, refusal: DomainError) -> dict[str, Any]:
    closed = isinstance(refusal, InvitationOff)
    lines = [words_of(content), _how_to_open(request)] if closed else [_why(content, refusal)]
    if may_open(content):
        lines.append(_("您也可以自己参与，服务和条件完全相同。"))
    return {
        "open": False,
        "headline": _("您收到一份邀请") if closed else refusal.message(),
        "lines": lines,
        "start": "" if closed and not may_open(content) else _own_label(content),
        "own": "" if closed and not may_open(content) else _own_label(content),
    }


def _how_to_open(request: HttpRequest) -> str:
    if in_wechat(request):
        return _("微信内不能接受邀请。请点右上角“···”，选择“在浏览器打开”，再继续。")
    return _("这个页面打开已久，暂时不能接受邀请。请刷新页面后再继续。")


def _why(content: Content, refusal: DomainError) -> str:
    if isinstance(refusal, InvitationUnknown):
        return _("请向邀请您的人再要一次完整的链接。")
    if may_open(content):
        return _("您的权益不受影响。")
    return _("一份邀请只给一位新客户。如需咨询，可拨打客服电话。")


def _own_label(content: Content) -> str:
    """Who could not be the opener is asked who they are, and never led to the opener's page unasked."""
    return start_label(content) if may_open(content) else _("我是老客户，发起邀请")
