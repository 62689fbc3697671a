"""The answer transaction by hand: lock the play, write its state and the ledger row in one statement."""

LOCK = """
SELECT campaign_id, version_id, attempt, channel, variant, state, revision, last_key, last_reply,
       finished_at IS NOT NULL
FROM campaigns_play WHERE id = {play} AND participant_id = {participant} FOR UPDATE
"""

SETTLE = """
WITH moved AS (
    UPDATE campaigns_play
    SET state = {state}, revision = revision + 1, last_key = {key}, last_reply = {reply}, moved_at = now()
    WHERE id = {play}
)
INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,
                          campaign_id, version_id, channel, variant, data)
VALUES (now(), {institution}, 'play.answered', 'participant', {participant}, 'play', {play},
        {campaign}, {version}, '', '', {facts})
"""
