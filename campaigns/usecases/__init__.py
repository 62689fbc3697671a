"""Every deed of this app: drafting, submitting, publishing, playing."""

from campaigns.usecases.drafting import create_campaign_from_preset, discard_draft, save_draft
from campaigns.usecases.playing import Played, Playing, move_play, record_seen, start_play

__all__ = [
    "Played",
    "Playing",
    "create_campaign_from_preset",
    "discard_draft",
    "move_play",
    "record_seen",
    "save_draft",
    "start_play",
]
