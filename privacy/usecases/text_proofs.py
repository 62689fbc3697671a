"""A solved challenge counts once, whatever Redis forgets."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from kernel.actor import Actor
from privacy.models import SpentProof
from tenancy.usecase import usecase


def spend_proof(*, actor: Actor, digest: bytes, expires_at: datetime, now: datetime) -> bool:
    """Use a proof up; False when it was used before. It stays used when what it was for is refused: whether
    a text went out must not be read off it.
    """
    try:
        note_spent_proof(actor=actor, digest=digest, expires_at=expires_at, now=now)
    except IntegrityError:
        return False
    return True


@usecase(by="participant", may_do_nothing=True)
def note_spent_proof(*, actor: Actor, digest: bytes, expires_at: datetime, now: datetime) -> None:
    """Write down that a proof was used. A second time is an IntegrityError."""
    SpentProof.objects.create(digest=digest, expires_at=expires_at)
