"""The ledger's part of an evidence package: staff's deeds, each with its path to a signed seal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kernel.actor import Ref
from kernel.fingerprint import canonical_json
from ledger.models import Entry
from ledger.queries import campaign_history, history_of
from ledger.sealing import exported, leaf_of, proofs_of
from ledger.signing import public_keys

STAFF_VERBS = (
    Q(verb__startswith="campaigns.") | Q(verb__startswith="compliance.") | Q(verb__startswith="questions.")
)


def deeds_of(subject: Ref, *, asked_at: datetime) -> QuerySet[Entry]:
    """What staff and the machine did with a subject before a package was asked for.

    In the campaign, or done to the subject itself: a question of the library is in no campaign. What
    customers did is counted elsewhere.
    """
    deeds = campaign_history(subject.id) | history_of(subject.kind, subject.id)
    own_ask = Q(verb="compliance.evidence_asked", at__gte=asked_at)
    found: QuerySet[Entry] = deeds.filter(STAFF_VERBS).exclude(actor_kind="participant").exclude(own_ask)
    return found


def deeds_among(subject: Ref, entries: Collection[int], *, asked_at: datetime) -> Iterator[Entry]:
    """Those of the deeds that a package was planned to tell, oldest first."""
    planned = frozenset(entries)
    for entry in deeds_of(subject, asked_at=asked_at).iterator(chunk_size=2000):
        if entry.id in planned:
            yield entry


def ledger_files(deeds: Iterator[Entry]) -> dict[str, bytes]:
    """`ledger.jsonl` holds the entries as they are hashed, `ledger_proofs.jsonl` line by line the seal, place
    and path of each (no seal: it waits for the next one), `seals.json` the seals and the public keys.
    """
    lines, proofs, seals = [], [], {}
    for entry, seal, place, path in proofs_of(deeds):
        lines.append(canonical_json(leaf_of(entry)) + b"\n")
        told: dict[str, Any] = {"entry": entry.id, "seal": seal.number if seal else None}
        if seal is not None:
            seals[str(seal.number)] = exported(seal)
            told |= {"index": place, "path": [neighbour.hex() for neighbour in path]}
        proofs.append(canonical_json(told) + b"\n")
    return {
        "ledger.jsonl": b"".join(lines),
        "ledger_proofs.jsonl": b"".join(proofs),
        "seals.json": canonical_json({"seals": seals, "public_keys": public_keys()}) + b"\n",
    }
