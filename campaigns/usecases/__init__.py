"""Every deed of this app: drafting, submitting, publishing, playing."""

from campaigns.usecases.disputing import dispute_in_draft
from campaigns.usecases.drafting import create_campaign_from_preset, discard_draft, save_draft
from campaigns.usecases.playing import Played, Playing, move_play, record_seen, start_play
from campaigns.usecases.publishing import (
    close_campaign,
    emergency_stop,
    lift_stop,
    pause_campaign,
    publish_campaign,
    resume_campaign,
)
from campaigns.usecases.resting import pause_unapproved, rest_campaign
from campaigns.usecases.submitting import submit_for_review, withdraw_submission

__all__ = [
    "Played",
    "Playing",
    "close_campaign",
    "create_campaign_from_preset",
    "discard_draft",
    "dispute_in_draft",
    "emergency_stop",
    "lift_stop",
    "move_play",
    "pause_campaign",
    "pause_unapproved",
    "publish_campaign",
    "record_seen",
    "rest_campaign",
    "resume_campaign",
    "save_draft",
    "start_play",
    "submit_for_review",
    "withdraw_submission",
]
