"""What the ledger is told of a review, within the running use case."""

from __future__ import annotations

from datetime import datetime

from compliance.carrying import Carrying
from compliance.models import Decision, Review
from kernel.actor import Actor
from kernel.desk_keys import hash_of_desk_key
from ledger.record import record


def record_submission(review: Review, carrying: Carrying, actor: Actor, now: datetime) -> None:
    """A fingerprint was laid before compliance; which earlier opinions stand in its review."""
    record(
        "compliance.submitted",
        actor=actor,
        subject=review.ref,
        at=now,
        campaign_id=review.subject_id,
        fingerprint=review.fingerprint,
        risk=review.risk,
        carried=[str(decision.id) for _stage, decision in carrying.opinions],
    )


def record_decision(decision: Decision, review: Review, actor: Actor, now: datetime) -> None:
    """Which verdict on which content, and by which key of the desk it is signed."""
    record(
        "compliance.decided",
        actor=actor,
        subject=review.ref,
        at=now,
        campaign_id=review.subject_id,
        verdict=decision.verdict,
        role=decision.role,
        stage=review.stage,
        fingerprint=review.fingerprint,
        key=decision.key,
        key_hash=hash_of_desk_key(decision.key),
    )
