"""The proof a phone brings with a form: a solved challenge, or without scripts one that is a minute old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from campaigns.player.doors import Visit
from kernel.proof_of_work import Challenge, ProofNeeded, issue, read
from privacy.usecases import spend_proof
from tenancy.throttle import Limit, counted, give_back

PATIENCE = timedelta(seconds=60)
PATIENT_OF_NETWORK, PATIENT_OF_CAMPAIGN = 3, 30
"""So many an hour get through by waiting alone: waiting costs a script nothing."""
_SALT = "campaigns.player.proofs"


def is_proven_by_work(request: HttpRequest, visit: Visit, purpose: str, *, lowest: int) -> bool:
    """Whether the form carries an unused solution of a challenge for this purpose that was hard enough."""
    challenge = _challenge(request, visit, purpose)
    if challenge is None or challenge.bound < lowest:
        return False
    return challenge.is_solved_by(request.POST.get("proof", "")) and _is_spent_now(visit, challenge)


def is_proven_by_waiting(request: HttpRequest, visit: Visit, purpose: str, *, network: str) -> bool:
    """Whether the form carries an unused challenge a minute old, while places for the patient last."""
    challenge = _challenge(request, visit, purpose)
    if challenge is None or request.POST.get("proof") or _seconds_left(challenge, visit.now) > 0:
        return False
    places = [
        Limit("patient-network", network, PATIENT_OF_NETWORK, 60 * 60),
        Limit("patient-campaign", f"{visit.institution.id}|{visit.code}", PATIENT_OF_CAMPAIGN, 60 * 60),
    ]
    full = any(number > place.most for number, place in zip(counted(places), places, strict=True))
    if full or not _is_spent_now(visit, challenge):
        give_back(places)
        return False
    return True


def proof_needed(request: HttpRequest, visit: Visit, purpose: str, *, bound: int) -> ProofNeeded:
    """What the phone is asked for. Whoever waits without scripts keeps the challenge they wait with."""
    waiting = _challenge(request, visit, purpose)
    again = bool(request.POST.get("proof_token"))
    if waiting is not None and not request.POST.get("proof") and waiting.bound >= bound:
        left = _seconds_left(waiting, visit.now)
        if left > 0:
            token = request.POST["proof_token"]
            return ProofNeeded(token=token, bound=waiting.bound, wait=left, again=again, full=False)
    token = issue(bound=bound, purpose=purpose, key=_key(), now=visit.now)
    full = waiting is not None and not request.POST.get("proof")
    wait = int(PATIENCE.total_seconds())
    return ProofNeeded(token=token, bound=bound, wait=wait, again=again, full=full)


def _challenge(request: HttpRequest, visit: Visit, purpose: str) -> Challenge | None:
    return read(request.POST.get("proof_token", ""), purpose=purpose, key=_key(), now=visit.now)


def _is_spent_now(visit: Visit, challenge: Challenge) -> bool:
    """Whether it was unused until now."""
    until = datetime.fromtimestamp(challenge.expires_at, UTC)
    return spend_proof(actor=visit.actor, digest=challenge.digest, expires_at=until, now=visit.now)


def _seconds_left(challenge: Challenge, now: datetime) -> int:
    """How long somebody without scripts still waits."""
    return max(0, challenge.issued_at + int(PATIENCE.total_seconds()) - int(now.timestamp()))


def _key() -> bytes:
    return salted_hmac(_SALT, "", algorithm="sha256").digest()
