"""Everything that writes in the vault."""

from privacy.usecases.consents import end_kept_booking, give_consent, publish_notice, withdraw_consent
from privacy.usecases.destructions import certify_destruction, replay_destructions
from privacy.usecases.forgetting import (
    forget_me,
    forget_participant,
    hold_participant,
    release_participant,
    sweep_retention,
)
from privacy.usecases.lookups import compare_number, find_participants, report_unreadable
from privacy.usecases.participants import enrol_participant, keep_longer, write_name
from privacy.usecases.phones import request_phone_code, verify_phone
from privacy.usecases.reveals import reveal_booked_field, reveal_field, set_reveal_rule
from privacy.usecases.rotations import continue_rotation, start_rotation
from privacy.usecases.text_ceilings import note_refused_text, report_text_surge
from privacy.usecases.text_proofs import spend_proof
from privacy.usecases.text_settings import set_text_ceiling, set_text_price
from privacy.usecases.texts import claim_text, settle_text, write_text

__all__ = [
    "certify_destruction",
    "claim_text",
    "compare_number",
    "continue_rotation",
    "end_kept_booking",
    "enrol_participant",
    "find_participants",
    "forget_me",
    "forget_participant",
    "give_consent",
    "hold_participant",
    "keep_longer",
    "note_refused_text",
    "publish_notice",
    "release_participant",
    "replay_destructions",
    "report_text_surge",
    "report_unreadable",
    "request_phone_code",
    "reveal_booked_field",
    "reveal_field",
    "set_reveal_rule",
    "set_text_ceiling",
    "set_text_price",
    "settle_text",
    "spend_proof",
    "start_rotation",
    "sweep_retention",
    "verify_phone",
    "withdraw_consent",
    "write_name",
    "write_text",
]
