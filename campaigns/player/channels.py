"""Signed ways in: a link names its official channel, and only a signature of ours is believed (F15)."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

_SALT = "campaigns.player.channel"
UNOFFICIAL = ""


def channel_link(*, slug: str, code: str, campaign_id: UUID, key: str) -> str:
    """The path of a campaign through one channel."""
    home = reverse("player:home", args=[slug, code])
    return f"{home}?ch={_signer(campaign_id).sign(key)}"


def channel_named(token: str, campaign_id: UUID) -> str:
    """The channel a token names; a forged, foreign or missing one is no official channel."""
    try:
        return _signer(campaign_id).unsign(token)
    except BadSignature:
        return UNOFFICIAL


def _signer(campaign_id: UUID) -> Signer:
    return Signer(salt=f"{_SALT}.{campaign_id.hex}", sep="~")
